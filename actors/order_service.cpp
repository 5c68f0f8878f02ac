#include "actors/order_service.hpp"

#include <limits>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/supervisor.hpp"
#include "actors/writable_check.hpp"

namespace orders {

using namespace actors;  // NOLINT(google-build-using-namespace): this file is the actors' own front

namespace {

using std::chrono::milliseconds;

/// Audits run one after another: the one under way and those that wait for it.
constexpr std::uint32_t audits_in_flight_max = 4;

/// How long a drain waits for units of answered orders to be given back. What is not by then, since the
/// catalog or the database is away, the next start does (rules R8 and R9).
constexpr milliseconds giving_back_grace{1'000};

/// CAF's settings. Never cfg.parse(): it would read caf-application.ini from the working folder and refuse
/// our options. The policy must be an atom: 0.17.6 silently falls back to "stealing" when it gets a string.
caf::actor_system_config scheduler(const config::Actors& settings) {
  caf::actor_system_config cfg;
  cfg.set("scheduler.policy", caf::atom_from_string(settings.scheduler));
  cfg.set("scheduler.max-threads", static_cast<std::size_t>(settings.threads));
  cfg.set("scheduler.max-throughput", static_cast<std::size_t>(settings.throughput));
  cfg.set("work-stealing.relaxed-sleep-duration", caf::timespan{milliseconds(100)});
  return cfg;
}

/// Skipped, since nobody waited for it any more.
template <class T>
bool is_abandoned(const Result<T>& result) {
  return !result.ok() && result.error().code == ErrorCode::client_gone;
}

/// How an order that was asked for ended.
void count(const Result<PlacedOrder>& result, Counters& counters) {
  if (result.ok() ? result.value().replayed : !result.error().first_told_in.empty()) {
    ++counters.answers_replayed;
  } else if (result.ok()) {
    ++counters.orders_placed;
  } else if (result.error().code == ErrorCode::insufficient_inventory) {
    ++counters.orders_refused;
  } else if (is_abandoned(result)) {
    ++counters.orders_abandoned;
  } else {
    ++counters.orders_failed;
  }
}

}  // namespace

struct OrderService::Inside {
  Inside(const config::Config& config, Parts parts)
      : counters(parts.counters),
        context{config,
                {config.orders.restock_on, config.orders.transitions},
                parts.counters,
                parts.catalog,
                parts.cart,
                recovery,
                std::move(parts.may_begin)},
        cfg(scheduler(config.actors)),
        system(cfg),
        writable(system, parts.open_store),
        supervisor(spawn_supervisor(system, context,
                                    {std::move(parts.open_journal), std::move(parts.open_store),
                                     std::move(parts.open_audit_book), std::move(parts.give_up)})) {}

  /// R15: nothing is begun without this instance's locks. True: it has been answered so.
  template <class T>
  bool refuse_unlocked(const Reply<T>& reply) {
    const auto obstacle = context.obstacle();
    if (obstacle) reply(*obstacle);
    return obstacle.has_value();
  }

  /// Takes a place among `most` in flight; the returned Reply gives it back when it is answered. A refused
  /// one is answered at once.
  template <class T, class Note>
  std::optional<Reply<T>> admit(Gauge& gauge, std::int64_t most, Reply<T> reply, Note note) {
    if (gauge.fetch_add(1, std::memory_order_relaxed) >= most) {
      --gauge;
      ++counters.admissions_refused;
      reply(Error{ErrorCode::overloaded, "too many requests are in flight"});
      return std::nullopt;
    }
    auto wanted = reply.watch();
    auto give_back = [&gauge, reply = std::move(reply), note](Result<T> result) {
      --gauge;
      note(result);
      reply(std::move(result));
    };
    return Reply<T>(std::move(give_back), std::move(wanted));
  }

  /// What goes on was accepted before: it counts, so that others are refused rather than this one, and it may
  /// wait for as long as its client does.
  template <class T, class Read>
  void query(Reply<T> reply, Read read, Reading reading = Reading::begins) {
    const bool goes_on = reading == Reading::goes_on;
    const auto most = goes_on ? std::numeric_limits<std::int64_t>::max()
                              : std::int64_t{context.settings.orders.reads_in_flight_max};
    auto admitted = admit(counters.reads_in_flight, most, std::move(reply), [this](const Result<T>& result) {
      if (is_abandoned(result)) ++counters.reads_abandoned;
    });
    if (!admitted) return;
    const auto deadline =
        goes_on ? Deadline::max() : std::chrono::steady_clock::now() + context.settings.orders.read_deadline;
    tell(context.board.reader(), Query{[reply = *admitted, read, deadline](OrderStore& store) {
           // The reader was busy until now, and whoever waited may have left.
           if (!reply.wanted()) return static_cast<void>(reply(Error{ErrorCode::client_gone, "not read"}));
           const bool late = std::chrono::steady_clock::now() >= deadline;
           reply(late ? Error{ErrorCode::timed_out, "the deadline passed while other reads were served"}
                      : read(store));
         }});
  }

  [[nodiscard]] Deadline deadline() const {
    return std::chrono::steady_clock::now() + context.settings.orders.deadline;
  }

  Counters& counters;
  RecoveryReports recovery;
  Context context;
  caf::actor_system_config cfg;
  caf::actor_system system;
  WritableCheck writable;
  caf::actor supervisor;
};

OrderService::OrderService(const config::Config& settings, Parts parts)
    : inside_(std::make_unique<Inside>(settings, std::move(parts))) {
  // The supervisor connects the roles on its own thread; whoever holds a service may use it.
  while (!inside_->context.board.registry()) std::this_thread::sleep_for(milliseconds(1));
}

OrderService::~OrderService() { (void)stop(); }

void OrderService::place(CustomerId customer, std::optional<std::vector<OrderLine>> lines,
                         std::optional<RequestKey> key, Reply<PlacedOrder> reply) {
  auto& counters = inside_->counters;
  if (inside_->refuse_unlocked(reply)) {
    ++counters.orders_failed;
    return;
  }
  auto admitted = inside_->admit(counters.orders_in_flight, inside_->context.settings.orders.in_flight_max,
                                 std::move(reply),
                                 [&counters](const Result<PlacedOrder>& result) { count(result, counters); });
  if (!admitted) return;
  PlaceOrder order;
  order.customer = customer;
  order.lines = std::move(lines);
  order.key = std::move(key);
  order.deadline = inside_->deadline();
  order.reply = std::move(*admitted);
  tell(inside_->context.board.registry(), std::move(order));
}

void OrderService::change_status(StatusChange change, Reply<Order> reply) {
  auto& counters = inside_->counters;
  if (inside_->refuse_unlocked(reply)) return;
  auto admitted = inside_->admit(counters.orders_in_flight, inside_->context.settings.orders.in_flight_max,
                                 std::move(reply), [&counters](const Result<Order>& result) {
                                   if (is_abandoned(result)) ++counters.orders_abandoned;
                                 });
  if (!admitted) return;
  tell(inside_->context.board.registry(),
       ChangeStatus{std::move(change), inside_->deadline(), std::move(*admitted)});
}

void OrderService::find(OrderId id, Reply<std::optional<Order>> reply) {
  inside_->query(std::move(reply), [id](OrderStore& store) { return store.find(id); });
}

void OrderService::list(OrderQuery query, Reply<std::vector<Order>> reply, Reading reading) {
  inside_->query(
      std::move(reply), [query = std::move(query)](OrderStore& store) { return store.list(query); }, reading);
}

void OrderService::list_items(std::int64_t after, std::int32_t limit, Reply<std::vector<OrderItemRow>> reply,
                              Reading reading) {
  inside_->query(
      std::move(reply), [after, limit](OrderStore& store) { return store.list_items(after, limit); },
      reading);
}

void OrderService::audit(AuditQuery query, Reply<AuditPage> reply) {
  auto& counters = inside_->counters;
  auto admitted = inside_->admit(counters.audits_in_flight, audits_in_flight_max, std::move(reply),
                                 [&counters](const Result<AuditPage>& result) {
                                   if (is_abandoned(result)) ++counters.reads_abandoned;
                                 });
  if (!admitted) return;
  tell(inside_->context.board.auditor(), RunAudit{query, std::move(*admitted)});
}

RecoveryReport OrderService::recovery() const { return inside_->recovery.copy(); }

void OrderService::attend(ProductId product, Reply<Attended> reply) {
  tell(inside_->context.board.catalog(), Attend{product, {}, std::move(reply)});
}

void OrderService::check_writable(Reply<Done> reply) {
  if (inside_->refuse_unlocked(reply)) return;
  inside_->writable.ask(std::move(reply));
}

bool OrderService::drain(Deadline deadline) {
  const auto& counters = inside_->counters;
  const auto giving_back = [&counters] { return counters.placements_giving_back.load(); };
  const auto busy = [&] {
    return counters.orders_in_flight > 0 || counters.placements > giving_back() ||
           counters.reads_in_flight > 0;
  };
  const auto wait_while = [](const auto& going_on, Deadline until) {
    while (going_on() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(5));
  };
  wait_while(busy, deadline);
  const auto grace = std::min(deadline, std::chrono::steady_clock::now() + giving_back_grace);
  wait_while([&] { return giving_back() > 0; }, grace);
  return !busy();
}

bool OrderService::stop() {
  const auto running = [this] { return inside_->system.registry().running() > 0; };
  if (!inside_->supervisor) return !running();
  inside_->writable.end();
  caf::anon_send_exit(inside_->supervisor, caf::exit_reason::user_shutdown);
  inside_->supervisor = nullptr;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (running() && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(milliseconds(2));
  if (running())
    spdlog::warn("some actors did not end in time; what they were doing is taken up at the next start");
  return !running();
}

}  // namespace orders

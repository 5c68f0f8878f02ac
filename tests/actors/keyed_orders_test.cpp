// The book of a customer's requests with a key, with a record of what it asks for in place of the actors.
#include "actors/keyed_orders.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;
using namespace orders::actors;

namespace {

using Clock = std::chrono::steady_clock;

/// A client's request, and what it was answered.
struct Client {
  explicit Client(std::int64_t number) : id{number} {}

  OrderId id;
  bool waits = true;
  std::optional<Result<PlacedOrder>> answer{};

  PlaceOrder asks(const std::string& request = "items 1x1", Deadline deadline = Deadline::max()) {
    PlaceOrder order;
    order.id = id;
    order.customer = CustomerId{7};
    order.key = RequestKey{"key", request, "request " + std::to_string(id.value)};
    order.deadline = deadline;
    order.reply = Reply<PlacedOrder>(
        [this](Result<PlacedOrder> result) { answer.emplace(std::move(result)); }, [this] { return waits; });
    return order;
  }
  [[nodiscard]] bool got_order(std::int64_t number, bool replayed) const {
    return answer && answer->ok() && answer->value().order.id.value == number &&
           answer->value().replayed == replayed;
  }
  [[nodiscard]] bool failed_with(ErrorCode code, const std::string& first_told_in = "") const {
    return answer && !answer->ok() && answer->error().code == code &&
           answer->error().first_told_in == first_told_in;
  }
};

/// Notes what is asked for, as words.
class Record : public KeyedWork {
 public:
  void look_up(OrderId id, CustomerId, const RequestKey&, Deadline, Wanted asked) override {
    said += "look up " + std::to_string(id.value) + "; ";
    wanted = std::move(asked);
  }
  void carry_out(PlaceOrder order, Wanted asked) override {
    said += "carry out " + std::to_string(order.id.value) + "; ";
    wanted = std::move(asked);
  }
  void keep_refusal(OrderId id, const KeyedRefusal& refusal, Deadline) override {
    said += "keep " + std::to_string(id.value) + " of " + refusal.key.request_id + "; ";
  }
  std::string take() { return std::exchange(said, {}); }

  std::string said;
  Wanted wanted;
};

struct Book {
  Record work;
  Client first{1};
  Client second{2};
  Client third{3};
  KeyedOrders book;  // it answers them when it ends

  void found(std::int64_t id, Result<std::optional<KeptAnswer>> answer = std::optional<KeptAnswer>()) {
    book.on_found("key", OrderId{id}, std::move(answer), work);
  }
  void answered(std::int64_t id, Result<PlacedOrder> answer) {
    book.on_answer("key", OrderId{id}, std::move(answer), work);
  }
  void kept(std::int64_t id, Result<std::optional<KeptAnswer>> answer = std::optional<KeptAnswer>()) {
    book.on_kept("key", OrderId{id}, std::move(answer));
  }
  /// The first request, up to where its order is placed.
  void carry_out_first() {
    book.take(first.asks(), work);
    found(1);
    work.take();
  }
};

PlacedOrder order_of(std::int64_t id) {
  PlacedOrder placed;
  placed.order.id = OrderId{id};
  return placed;
}

std::optional<KeptAnswer> kept_order(std::int64_t id, bool same_request = true) {
  KeptAnswer kept;
  kept.same_request = same_request;
  kept.order = order_of(id).order;
  return kept;
}

std::optional<KeptAnswer> kept_refusal(const std::string& told_in) {
  KeptAnswer kept;
  kept.refusal = Error{ErrorCode::insufficient_inventory, "", {}, {}, told_in};
  return kept;
}

Error short_of_stock() { return Error{ErrorCode::insufficient_inventory, "short"}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(p5_requests_with_a_key, Book)

BOOST_AUTO_TEST_CASE(the_first_is_looked_up_carried_out_and_answered) {
  book.take(first.asks(), work);
  BOOST_TEST(work.take() == "look up 1; ");
  found(1);
  BOOST_TEST(work.take() == "carry out 1; ");
  BOOST_TEST(!first.answer.has_value());
  answered(1, order_of(1));
  BOOST_TEST(first.got_order(1, false));
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(who_comes_meanwhile_waits_and_gets_the_same_marked_as_a_replay) {
  book.take(first.asks(), work);
  book.take(second.asks(), work);
  found(1);
  book.take(third.asks(), work);
  BOOST_TEST(work.take() == "look up 1; carry out 1; ");
  answered(1, order_of(1));
  BOOST_TEST(first.got_order(1, false));
  BOOST_TEST(second.got_order(1, true));
  BOOST_TEST(third.got_order(1, true));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_kept_is_given_without_carrying_anything_out) {
  book.take(first.asks(), work);
  book.take(second.asks(), work);
  work.take();
  found(1, kept_order(5));
  BOOST_TEST(first.got_order(5, true));
  BOOST_TEST(second.got_order(5, true));
  BOOST_TEST(work.take().empty());

  book.take(third.asks(), work);
  found(3, kept_refusal("request 0"));
  BOOST_TEST(third.failed_with(ErrorCode::insufficient_inventory, "request 0"));
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(another_request_with_the_key_is_refused_whether_the_first_is_under_way_or_kept) {
  carry_out_first();
  book.take(second.asks("items 1x2"), work);
  BOOST_TEST(second.failed_with(ErrorCode::key_reused));
  answered(1, order_of(1));
  BOOST_TEST(first.got_order(1, false));
  book.take(third.asks("items 1x3"), work);
  found(3, kept_order(1, false));
  BOOST_TEST(third.failed_with(ErrorCode::key_reused));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_kept_before_anybody_is_told) {
  carry_out_first();
  book.take(second.asks(), work);
  answered(1, short_of_stock());
  BOOST_TEST(work.take() == "keep 1 of request 1; ");
  BOOST_TEST(!first.answer.has_value());
  kept(1);
  BOOST_TEST(first.failed_with(ErrorCode::insufficient_inventory));
  BOOST_TEST(second.failed_with(ErrorCode::insufficient_inventory, "request 1"));
  BOOST_TEST(second.answer->error().detail == "short");
}

BOOST_AUTO_TEST_CASE(r12_a_refusal_gives_way_to_the_answer_of_another_attempt) {
  carry_out_first();
  answered(1, short_of_stock());
  kept(1, kept_order(9));
  BOOST_TEST(first.got_order(9, true));

  book.take(second.asks(), work);
  found(2);
  answered(2, short_of_stock());
  kept(2, kept_refusal("request 0"));
  BOOST_TEST(second.failed_with(ErrorCode::insufficient_inventory, "request 0"));

  book.take(third.asks(), work);  // a COMMIT of unknown outcome was repeated, and found its own refusal
  found(3);
  answered(3, short_of_stock());
  kept(3, kept_refusal("request 3"));
  BOOST_TEST(third.failed_with(ErrorCode::insufficient_inventory));
}

BOOST_AUTO_TEST_CASE(a_refusal_that_cannot_be_kept_is_not_told) {
  carry_out_first();
  answered(1, short_of_stock());
  kept(1, Error{ErrorCode::storage_unavailable, "down"});
  BOOST_TEST(first.failed_with(ErrorCode::storage_unavailable));
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_to_all_and_not_kept) {
  carry_out_first();
  book.take(second.asks(), work);
  answered(1, Error{ErrorCode::catalog_unavailable, "down"});
  BOOST_TEST(work.take().empty());
  BOOST_TEST(first.failed_with(ErrorCode::catalog_unavailable));
  BOOST_TEST(second.failed_with(ErrorCode::catalog_unavailable));
  book.take(third.asks(), work);
  BOOST_TEST(work.take() == "look up 3; ");
  found(3, Error{ErrorCode::storage_unavailable, "down"});
  BOOST_TEST(third.failed_with(ErrorCode::storage_unavailable));
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(work_is_wanted_as_long_as_anybody_waits) {
  carry_out_first();
  book.take(second.asks(), work);
  first.waits = false;
  BOOST_TEST(work.wanted());
  second.waits = false;
  BOOST_TEST(!work.wanted());
}

BOOST_AUTO_TEST_CASE(a_request_skipped_for_a_client_that_has_gone_is_the_next_ones) {
  carry_out_first();
  book.take(second.asks(), work);
  book.take(third.asks(), work);
  first.waits = false;
  second.waits = false;
  answered(1, Error{ErrorCode::client_gone, "skipped"});
  BOOST_TEST(first.failed_with(ErrorCode::client_gone));
  BOOST_TEST(second.failed_with(ErrorCode::client_gone));
  BOOST_TEST(work.take() == "look up 3; ");
  BOOST_TEST(work.wanted());
  found(3);
  answered(3, order_of(3));
  BOOST_TEST(third.got_order(3, false));

  Client alone{4};
  book.take(alone.asks(), work);
  alone.waits = false;
  found(4, Error{ErrorCode::client_gone, "skipped"});
  BOOST_TEST(alone.failed_with(ErrorCode::client_gone));
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(those_who_wait_are_let_go_when_they_leave_or_their_deadline_passes) {
  const auto now = Clock::now();
  carry_out_first();
  book.take(second.asks(), work);
  book.take(third.asks("items 1x1", now), work);
  second.waits = false;
  book.on_tick(now);
  BOOST_TEST(second.failed_with(ErrorCode::client_gone));
  BOOST_TEST(third.failed_with(ErrorCode::outcome_unknown));  // the first one's order may stand
  answered(1, order_of(1));
  BOOST_TEST(first.got_order(1, false));
}

BOOST_AUTO_TEST_CASE(a_database_that_does_not_answer_is_waited_for_until_the_deadline) {
  const auto now = Clock::now();
  book.take(first.asks("items 1x1", now), work);
  book.take(second.asks(), work);
  book.on_tick(now - std::chrono::seconds(1));
  BOOST_TEST(!first.answer.has_value());
  book.on_tick(now);
  BOOST_TEST(first.failed_with(ErrorCode::timed_out));
  BOOST_TEST(second.failed_with(ErrorCode::timed_out));
  work.take();
  found(1);  // too late: it is over
  BOOST_TEST(work.take().empty());

  book.take(third.asks("items 1x1", now), work);
  found(3);
  answered(3, short_of_stock());
  book.on_tick(now);
  BOOST_TEST(third.failed_with(ErrorCode::timed_out));
  kept(3);
  BOOST_TEST(book.empty());
}

BOOST_AUTO_TEST_CASE(news_of_a_request_that_is_over_mean_nothing_to_the_next_with_its_key) {
  carry_out_first();
  answered(1, Error{ErrorCode::outcome_unknown, "nobody knows"});
  book.take(second.asks(), work);
  work.take();
  found(1);
  answered(1, order_of(1));
  kept(1);
  BOOST_TEST(work.take().empty());
  BOOST_TEST(!second.answer.has_value());
  found(2);
  BOOST_TEST(work.take() == "carry out 2; ");
}

BOOST_AUTO_TEST_SUITE_END()

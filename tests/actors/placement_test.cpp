// One order on its way, step by step, with a record of what it asks for in place of the actors.
#include "actors/placement.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/protocol.hpp"

using namespace orders;
using namespace orders::actors;

namespace {

constexpr OrderId id{10'000'000'001};
constexpr CustomerId customer{7};
constexpr ProductId a{1};
constexpr ProductId b{2};
constexpr ProductId c{3};

/// Notes what is asked for, as words.
class Record : public PlacementWork {
 public:
  std::vector<std::string> said;
  bool time = true;

  bool in_time(std::size_t, Deadline) override { return time; }
  void fetch_cart(OrderId, CustomerId, Deadline) override { said.emplace_back("fetch"); }
  void hold(ProductId product, const Hold& hold, bool parks, Deadline) override {
    said.push_back("hold " + std::to_string(product.value) + "x" + std::to_string(hold.quantity) + " #" +
                   std::to_string(hold.key.attempt) + (parks ? " parks" : ""));
  }
  void release(ProductId product, HoldKey key, bool urgent) override {
    said.push_back("release " + std::to_string(product.value) + " #" + std::to_string(key.attempt) +
                   (urgent ? " urgent" : ""));
  }
  void commit(const OrderCommit& order, Deadline) override {
    said.push_back("commit " + std::to_string(order.products) + " #" + std::to_string(order.attempt) +
                   (order.cart ? " cart" : ""));
  }
  void close_cart(const OpenCart&) override { said.emplace_back("close"); }
  void count_conflict() override { said.emplace_back("conflict"); }

  /// What was said since the last time.
  std::string take() {
    std::string text;
    for (const auto& word : said) text += (text.empty() ? "" : ", ") + word;
    said.clear();
    return text;
  }
};

struct Placing {
  Record work;
  std::optional<Result<PlacedOrder>> answer;
  bool waits = true;
  Placement placement{
      id, customer, std::chrono::steady_clock::now() + std::chrono::hours(1),
      Reply<PlacedOrder>([this](Result<PlacedOrder> result) { answer.emplace(std::move(result)); },
                         [this] { return waits; }),
      10};

  static HoldAnswer says(HoldVerdict verdict, std::int32_t available = 0) {
    HoldAnswer given;
    given.verdict = verdict;
    given.available = available;
    return given;
  }
  void granted(ProductId product, std::int32_t attempt = 1) {
    placement.on_hold(product, attempt, says(HoldVerdict::granted), work);
  }
  void conflict(ProductId product, std::int32_t attempt = 1) {
    placement.on_hold(product, attempt, says(HoldVerdict::conflict), work);
  }
  void unheld(ProductId product, ErrorCode why) {
    placement.on_hold(product, 1, nothing_held({why, "scripted"}), work);
  }
  void refused(ProductId product, std::int32_t attempt = 1) {
    placement.on_hold(product, attempt, says(HoldVerdict::refused, 3), work);
  }
  void released(ProductId product, std::int32_t attempt = 1) {
    placement.on_released(product, attempt, true, work);
  }
  void committed(CommitVerdict verdict = CommitVerdict::committed) {
    CommitOutcome outcome;
    outcome.verdict = verdict;
    outcome.order.id = id;
    placement.on_committed(outcome, work);
  }
  [[nodiscard]] bool failed_with(ErrorCode code) const {
    return answer && !answer->ok() && answer->error().code == code;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(placement_of_an_order, Placing)

BOOST_AUTO_TEST_CASE(asks_for_all_products_at_once_then_commits_then_answers) {
  placement.start(std::vector<OrderLine>{{b, 1}, {a, 2}, {b, 3}}, work);
  BOOST_TEST(work.take() == "hold 1x2 #1, hold 2x4 #1");
  granted(b);
  BOOST_TEST(work.take().empty());
  granted(a);
  BOOST_TEST(work.take() == "commit 2 #1");
  BOOST_TEST(!answer.has_value());
  committed();
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->ok());
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(a_refusal_gives_back_the_rest_and_names_every_short_line) {
  placement.start(std::vector<OrderLine>{{a, 5}, {b, 1}, {c, 6}}, work);
  work.take();
  refused(a);
  granted(b);
  BOOST_TEST(work.take().empty());  // the third line may be short too
  refused(c);
  BOOST_TEST(work.take() == "release 2 #1");
  BOOST_TEST(!answer.has_value());  // R8: not before the units are back in the ledger
  released(b);
  BOOST_REQUIRE(failed_with(ErrorCode::insufficient_inventory));
  BOOST_TEST(answer->error().shortages.size() == 2U);
  BOOST_TEST(answer->error().shortages[0].requested == 5);
  BOOST_TEST(answer->error().shortages[0].available == 3);
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(r13_a_conflict_begins_again_one_after_another_ascending_and_parking) {
  placement.start(std::vector<OrderLine>{{b, 1}, {a, 1}}, work);
  work.take();
  granted(a);
  conflict(b);
  BOOST_TEST(work.take() == "conflict, release 1 #1");
  released(a);
  BOOST_TEST(work.take() == "hold 1x1 #2 parks");
  granted(a, 1);  // a late answer to the first attempt means nothing
  BOOST_TEST(work.take().empty());
  granted(a, 2);
  BOOST_TEST(work.take() == "hold 2x1 #2 parks");
  granted(b, 2);
  BOOST_TEST(work.take() == "commit 2 #2");
}

BOOST_AUTO_TEST_CASE(a_refusal_weighs_more_than_a_conflict) {
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  work.take();
  conflict(a);
  refused(b);
  BOOST_TEST(failed_with(ErrorCode::insufficient_inventory));
}

BOOST_AUTO_TEST_CASE(r14_at_its_deadline_everything_asked_is_taken_back_and_the_client_told_why) {
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  granted(a);
  work.take();
  placement.on_deadline(work);
  BOOST_TEST(work.take() == "release 1 #1 urgent, release 2 #1 urgent");
  placement.on_release_delayed(ErrorCode::catalog_unavailable);
  BOOST_TEST(failed_with(ErrorCode::catalog_unavailable));
  BOOST_TEST(!placement.finished());  // it stays until both are told
  granted(b);                         // decided after all: it is being released
  released(b);
  BOOST_TEST(!placement.finished());
  released(a);
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(a_deadline_during_the_second_try_is_never_a_refusal) {
  placement.start(std::vector<OrderLine>{{a, 1}}, work);
  conflict(a);
  placement.on_deadline(work);
  released(a, 2);
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(!failed_with(ErrorCode::insufficient_inventory));
}

BOOST_AUTO_TEST_CASE(r7_a_deadline_during_the_commit_answers_that_nobody_knows_and_releases_nothing) {
  placement.start(std::vector<OrderLine>{{a, 1}}, work);
  granted(a);
  work.take();
  placement.on_deadline(work);
  BOOST_TEST(failed_with(ErrorCode::outcome_unknown));
  BOOST_TEST(work.take().empty());
  BOOST_TEST(!placement.finished());
  committed();
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(r7_a_lost_commit_is_sent_again) {
  placement.start(std::vector<OrderLine>{{a, 1}}, work);
  granted(a);
  work.take();
  placement.on_committed(Error{ErrorCode::lost, "the writer died"}, work);
  BOOST_TEST(work.take() == "commit 1 #1");
}

BOOST_AUTO_TEST_CASE(a_commit_that_did_not_happen_gives_everything_back) {
  placement.start(std::vector<OrderLine>{{a, 1}}, work);
  granted(a);
  work.take();
  placement.on_committed(Error{ErrorCode::storage_unavailable, "down"}, work);
  BOOST_TEST(work.take() == "release 1 #1");
  released(a);
  BOOST_TEST(failed_with(ErrorCode::storage_unavailable));
}

BOOST_AUTO_TEST_CASE(a_lost_hold_or_release_is_not_forgotten) {
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  work.take();
  granted(a);
  placement.on_hold(b, 1, Error{ErrorCode::lost, "the product actor died"}, work);
  BOOST_TEST(work.take() == "release 1 #1, release 2 #1");  // its reservation may stand all the same
  placement.on_released(a, 1, false, work);
  BOOST_TEST(work.take() == "release 1 #1");
  released(a);
  released(b);
  BOOST_TEST(failed_with(ErrorCode::lost));
}

BOOST_AUTO_TEST_CASE(an_order_for_which_nothing_is_held_has_nothing_to_give_back) {
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  work.take();
  unheld(a, ErrorCode::catalog_unavailable);
  unheld(b, ErrorCode::catalog_unavailable);
  BOOST_TEST(work.take().empty());
  BOOST_TEST(failed_with(ErrorCode::catalog_unavailable));
  BOOST_TEST(placement.finished());

  Placing late;  // the news comes after the order has given up
  late.placement.start(std::vector<OrderLine>{{a, 1}}, late.work);
  late.placement.on_deadline(late.work);
  late.placement.on_release_delayed(ErrorCode::catalog_unavailable);
  BOOST_TEST(late.placement.only_gives_back());
  late.unheld(a, ErrorCode::catalog_unavailable);
  BOOST_TEST(late.placement.finished());
}

BOOST_AUTO_TEST_CASE(an_order_the_catalog_has_no_time_for_asks_for_nothing) {
  work.time = false;
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  BOOST_TEST(work.take().empty());
  BOOST_TEST(failed_with(ErrorCode::overloaded));
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(a_cart_is_fetched_ordered_and_closed) {
  placement.start(std::nullopt, work);
  BOOST_TEST(work.take() == "fetch");
  placement.on_cart(std::optional<CartContents>(CartContents{CartId{5}, {{a, 2}, {a, 1}}}), work);
  BOOST_TEST(work.take() == "hold 1x3 #1");
  granted(a);
  BOOST_TEST(work.take() == "commit 1 #1 cart");
  committed();
  BOOST_TEST(work.take() == "close");
  BOOST_TEST(!answer.has_value());
  placement.on_cart_closed();
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->ok());
}

BOOST_AUTO_TEST_CASE(a_cart_that_is_missing_empty_or_ordered_is_refused) {
  placement.start(std::nullopt, work);
  placement.on_cart(std::optional<CartContents>(), work);
  BOOST_TEST(failed_with(ErrorCode::no_active_cart));
  BOOST_TEST(placement.finished());

  Placing empty;
  empty.placement.start(std::nullopt, empty.work);
  empty.placement.on_cart(std::optional<CartContents>(CartContents{CartId{5}, {}}), empty.work);
  BOOST_TEST(empty.failed_with(ErrorCode::empty_cart));

  Placing ordered;
  ordered.placement.start(std::nullopt, ordered.work);
  ordered.placement.on_cart(std::optional<CartContents>(CartContents{CartId{5}, {{a, 1}}}), ordered.work);
  ordered.granted(a);
  ordered.committed(CommitVerdict::cart_already_ordered);
  ordered.released(a);
  BOOST_TEST(ordered.failed_with(ErrorCode::no_active_cart));
}

BOOST_AUTO_TEST_CASE(an_order_that_stands_is_answered_at_the_deadline_though_its_cart_is_open) {
  placement.start(std::nullopt, work);
  placement.on_cart(std::optional<CartContents>(CartContents{CartId{5}, {{a, 1}}}), work);
  granted(a);
  committed();
  placement.on_deadline(work);
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->ok());
}

BOOST_AUTO_TEST_CASE(an_order_whose_client_left_ends_where_nothing_is_held_for_it) {
  placement.start(std::nullopt, work);
  work.take();
  waits = false;
  placement.on_cart(std::optional<CartContents>(CartContents{CartId{5}, {{a, 1}}}), work);
  BOOST_TEST(work.take().empty());
  BOOST_TEST(failed_with(ErrorCode::client_gone));
  BOOST_TEST(placement.finished());

  Placing skipped;  // in the queue of one product, while the other has granted its hold
  skipped.placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, skipped.work);
  skipped.work.take();
  skipped.waits = false;
  skipped.unheld(b, ErrorCode::client_gone);
  skipped.granted(a);
  BOOST_TEST(skipped.work.take() == "release 1 #1");
  skipped.released(a);
  BOOST_TEST(skipped.failed_with(ErrorCode::client_gone));

  Placing again;  // between the two tries
  again.placement.start(std::vector<OrderLine>{{a, 1}}, again.work);
  again.waits = false;
  again.work.take();
  again.conflict(a);
  BOOST_TEST(again.work.take() == "conflict");
  BOOST_TEST(again.failed_with(ErrorCode::client_gone));
}

BOOST_AUTO_TEST_CASE(an_order_whose_client_left_goes_on_once_its_stock_is_held) {
  placement.start(std::vector<OrderLine>{{a, 1}}, work);
  work.take();
  waits = false;
  granted(a);
  BOOST_TEST(work.take() == "commit 1 #1");
  committed();
  BOOST_TEST(placement.finished());
}

BOOST_AUTO_TEST_CASE(an_abandoned_order_gives_back_whatever_it_may_hold) {
  placement.start(std::vector<OrderLine>{{a, 1}, {b, 1}}, work);
  granted(a);
  work.take();
  placement.abandon(work);
  BOOST_TEST(work.take() == "release 1 #1 urgent, release 2 #1 urgent");
}

BOOST_AUTO_TEST_SUITE_END()

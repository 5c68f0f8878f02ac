// Answers kept under keys, on a real server.
#include "persistence/idempotency.hpp"

#include <atomic>
#include <string>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using test::check_same;
using test::code_of;
using test::commit_at_once;
using test::commit_of;
using test::CuttingProxy;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::PostgresCluster;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

/// Nobody else in this process uses it.
RequestKey new_key(const std::string& request = "items 1x1") {
  static std::atomic<int> next{1};
  const auto number = std::to_string(next++);
  return {"key " + number, request, "request " + number};
}

struct KeysFixture {
  /// An order for one unit, held, whose answer is to be kept.
  OrderCommit keyed(const RequestKey& key) {
    const auto id = new_order();
    hold_all(journal, id, {{product, 1}});
    auto commit = commit_of(id, {{product, 1}});
    commit.key = key;
    return commit;
  }
  static KeyedRefusal refusal(const RequestKey& key) {
    return {CustomerId{7}, key,
            Error{ErrorCode::insufficient_inventory,
                  "it is \"short\", \\ and {odd}",
                  {},
                  {{ProductId{1}, 5, 2, true}, {ProductId{9}, 1, 0, false}}}};
  }
  std::optional<KeptAnswer> find(const RequestKey& key) {
    return value_of(store.find_answer(CustomerId{7}, key));
  }
  [[nodiscard]] static std::string states(OrderId id) {
    return database().ask("SELECT string_agg(state, ' ') FROM reservations WHERE order_id = " +
                          std::to_string(id.value));
  }
  [[nodiscard]] static std::string count(OrderId id) {
    return database().ask("SELECT count(*) FROM orders WHERE id = " + std::to_string(id.value));
  }
  CuttingProxy proxy{PostgresCluster::shared().port()};
  PostgresStockJournal journal{database().settings(), 1, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings(proxy.port())};
  const ProductId product = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(idempotency, KeysFixture)

BOOST_AUTO_TEST_CASE(finds_the_order_as_it_was_answered_whatever_has_become_of_it) {
  const auto key = new_key();
  BOOST_TEST(!find(key).has_value());
  const auto made = value_of(store.commit({keyed(key)})).at(0);
  BOOST_TEST(made.verdict == CommitVerdict::committed);
  value_of(store.change_status({{made.order.id, "Shipped"}}, StatusRules{}));
  const auto kept = find(key);
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST(kept->same_request);
  BOOST_REQUIRE(kept->order.has_value());
  check_same(*kept->order, made.order);
}

BOOST_AUTO_TEST_CASE(knows_another_request_and_another_customer) {
  const auto key = new_key();
  value_of(store.commit({keyed(key)}));
  auto other = key;
  other.request = "items 1x2";
  BOOST_TEST(!find(other)->same_request);
  BOOST_TEST(!value_of(store.find_answer(CustomerId{8}, key)).has_value());
  auto theirs = keyed(key);
  theirs.customer = CustomerId{8};
  BOOST_TEST(value_of(store.commit({theirs})).at(0).verdict == CommitVerdict::committed);
}

BOOST_AUTO_TEST_CASE(c9_leaves_out_an_order_whose_key_has_an_answer_and_gives_that) {
  const auto key = new_key();
  const auto first = value_of(store.commit({keyed(key)})).at(0);
  const auto second = keyed(key);
  const auto third = keyed(new_key());
  auto fourth = keyed(key);
  fourth.key->request = "another";
  const auto outcomes = value_of(store.commit({second, third}));
  BOOST_TEST(outcomes.at(0).verdict == CommitVerdict::key_taken);
  check_same(*outcomes.at(0).kept.order, first.order);
  BOOST_TEST(outcomes.at(1).verdict == CommitVerdict::committed);
  BOOST_TEST(count(second.id) == "0");
  BOOST_TEST(states(second.id) == "held");
  const auto other = value_of(store.commit({fourth})).at(0);
  BOOST_TEST(other.verdict == CommitVerdict::key_taken);
  BOOST_TEST(!other.kept.same_request);
}

BOOST_AUTO_TEST_CASE(r7_tells_in_the_end_whether_an_unknown_commit_took_place) {
  for (const auto moment : {CuttingProxy::Moment::before_sending, CuttingProxy::Moment::before_answering}) {
    const auto batch = std::vector<OrderCommit>{keyed(new_key()), keyed(new_key())};
    proxy.cut("COMMIT", moment);
    BOOST_TEST(code_of(store.commit(batch)) == ErrorCode::outcome_unknown);
    for (const auto& outcome : value_of(store.commit(batch))) {
      BOOST_TEST(outcome.verdict == CommitVerdict::committed);
      BOOST_TEST(outcome.order.items.size() == 1U);
    }
    const auto refusals = std::vector<KeyedRefusal>{refusal(new_key())};
    proxy.cut("COMMIT", moment);
    BOOST_TEST(code_of(store.keep_refusals(refusals)) == ErrorCode::outcome_unknown);
    const auto kept = value_of(store.keep_refusals(refusals)).at(0);
    const bool took_place = moment == CuttingProxy::Moment::before_answering;
    BOOST_REQUIRE_EQUAL(kept.has_value(), took_place);
    if (kept) BOOST_TEST(kept->refusal->first_told_in == refusals[0].key.request_id);
  }
}

BOOST_AUTO_TEST_CASE(keeps_a_refusal_with_everything_that_was_said) {
  const auto key = new_key();
  BOOST_TEST(!value_of(store.keep_refusals({refusal(key)})).at(0).has_value());
  const auto kept = find(key);
  BOOST_REQUIRE(kept && kept->refusal);
  BOOST_TEST(kept->same_request);
  BOOST_TEST((kept->refusal->code == ErrorCode::insufficient_inventory));
  BOOST_TEST(kept->refusal->detail == "it is \"short\", \\ and {odd}");
  BOOST_TEST(kept->refusal->first_told_in == key.request_id);
  BOOST_REQUIRE_EQUAL(kept->refusal->shortages.size(), 2U);
  BOOST_TEST(kept->refusal->shortages[0].requested == 5);
  BOOST_TEST(kept->refusal->shortages[0].available == 2);
  BOOST_TEST(kept->refusal->shortages[1].product.value == 9);
  BOOST_TEST(!kept->refusal->shortages[1].in_catalog);

  for (const auto code : {ErrorCode::no_active_cart, ErrorCode::empty_cart}) {
    auto another = refusal(new_key());
    another.refusal = Error{code, "none"};
    value_of(store.keep_refusals({another}));
    BOOST_TEST((find(another.key)->refusal->code == code));
  }
  auto failure = refusal(new_key());
  failure.refusal.code = ErrorCode::catalog_unavailable;
  BOOST_TEST(code_of(store.keep_refusals({failure})) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(of_an_order_and_a_refusal_with_one_key_the_first_stands) {
  const auto ordered = new_key();
  const auto made = value_of(store.commit({keyed(ordered)})).at(0);
  const auto later = value_of(store.keep_refusals({refusal(ordered), refusal(new_key())}));
  check_same(*later.at(0)->order, made.order);
  BOOST_TEST(!later.at(1).has_value());

  const auto refused = new_key();
  value_of(store.keep_refusals({refusal(refused)}));
  const auto order = keyed(refused);
  const auto outcome = value_of(store.commit({order})).at(0);
  BOOST_TEST(outcome.verdict == CommitVerdict::key_taken);
  BOOST_TEST(outcome.kept.refusal.has_value());
  BOOST_TEST(count(order.id) == "0");
}

BOOST_AUTO_TEST_CASE(c9_makes_one_order_of_a_key_from_two_threads) {
  for (int round = 0; round < 20; ++round) {
    const std::vector<RequestKey> keys{new_key(), new_key(), new_key()};
    std::vector<OrderCommit> forwards, backwards;
    for (std::size_t n = 0; n < keys.size(); ++n) {
      forwards.push_back(keyed(keys[n]));
      backwards.push_back(keyed(keys[keys.size() - 1 - n]));
    }
    const auto [ours, theirs] = commit_at_once(store, forwards, backwards, database().settings());
    for (std::size_t n = 0; n < keys.size(); ++n) {
      const auto& mine = ours[n];
      const auto& yours = theirs[keys.size() - 1 - n];
      const bool won = mine.verdict == CommitVerdict::committed;
      BOOST_TEST(won != (yours.verdict == CommitVerdict::committed));
      const auto& lost = won ? yours : mine;
      BOOST_TEST(lost.verdict == CommitVerdict::key_taken);
      BOOST_REQUIRE(lost.kept.order.has_value());
      check_same(*lost.kept.order, won ? mine.order : yours.order);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_order_left_out_for_its_cart_leaves_its_key_free) {
  auto first = keyed(new_key("cart"));
  first.cart = CartId{70'001};
  value_of(store.commit({first}));
  const auto key = new_key("cart");
  auto second = keyed(key);
  second.cart = first.cart;
  const auto outcomes = value_of(store.commit({keyed(new_key()), second}));
  BOOST_TEST(outcomes.at(0).verdict == CommitVerdict::committed);
  BOOST_TEST(outcomes.at(1).verdict == CommitVerdict::cart_already_ordered);
  BOOST_TEST(!find(key).has_value());
  BOOST_TEST(!value_of(store.keep_refusals({refusal(key)})).at(0).has_value());
}

BOOST_AUTO_TEST_CASE(answers_expire_and_are_forgotten_in_bounded_numbers) {
  (void)database().ask("DELETE FROM idempotency");
  PostgresOrderStore brief(database().settings(), StoreSettings{milliseconds(60'000)});
  const auto key = new_key();
  const auto young = new_key();
  value_of(brief.commit({keyed(key)}));
  for (int n = 0; n < 4; ++n) value_of(brief.keep_refusals({refusal(new_key())}));
  (void)database().ask("UPDATE idempotency SET answered_at = answered_at - interval '61 seconds'");
  value_of(brief.keep_refusals({refusal(young)}));
  BOOST_TEST(!value_of(brief.find_answer(CustomerId{7}, key)).has_value());
  // Expired but still there: the key is free for another order, whose answer is kept anew.
  auto again = keyed(key);
  again.key->request = "something else";
  BOOST_TEST(value_of(brief.commit({again})).at(0).verdict == CommitVerdict::committed);
  BOOST_TEST(value_of(brief.find_answer(CustomerId{7}, *again.key))->same_request);
  BOOST_TEST(value_of(brief.forget_answers(3)) == 3);
  BOOST_TEST(value_of(brief.forget_answers(3)) == 1);
  BOOST_TEST(value_of(brief.forget_answers(3)) == 0);
  BOOST_TEST(database().ask("SELECT count(*) FROM idempotency") == "2");
  BOOST_TEST(find(young).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_stands_twice_in_a_batch) {
  const auto key = new_key();
  BOOST_TEST(code_of(store.commit({keyed(key), keyed(key)})) == ErrorCode::internal);
  BOOST_TEST(code_of(store.keep_refusals({refusal(key), refusal(key)})) == ErrorCode::internal);
  BOOST_TEST(!find(key).has_value());
  BOOST_TEST(value_of(store.keep_refusals({})).empty());
}

BOOST_AUTO_TEST_CASE(keys_of_any_printable_characters_are_kept_apart) {
  for (const std::string& text :
       std::vector<std::string>{"a", "A", "a ", "{a,b}", "\"a\"", "\\", "NULL", "'; DROP TABLE orders --"}) {
    const RequestKey key{text, "items", "r"};
    BOOST_TEST(!find(key).has_value());
    BOOST_TEST(value_of(store.commit({keyed(key)})).at(0).verdict == CommitVerdict::committed);
    BOOST_TEST(find(key).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence

// Changes of status on a real server.
#include <chrono>
#include <string>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
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

struct StatusFixture {
  // A committed order for 2 of `product` and 1 of `other`.
  OrderId ordered() {
    const auto id = new_order();
    const std::vector<OrderLine> lines{{product, 2}, {other, 1}};
    hold_all(journal, id, lines);
    BOOST_REQUIRE_EQUAL(value_of(store.commit({commit_of(id, lines)})).at(0).verdict,
                        CommitVerdict::committed);
    return id;
  }
  StatusOutcome change(OrderId id, const std::string& status) {
    return value_of(store.change_status({{id, status}}, rules)).at(0);
  }
  [[nodiscard]] std::string states(OrderId id) const {
    return database().ask(
        "SELECT string_agg(state, ' ' ORDER BY product_id) FROM reservations WHERE order_id = " +
        std::to_string(id.value));
  }

  CuttingProxy proxy{PostgresCluster::shared().port()};
  PostgresStockJournal journal{database().settings(), 1, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings(proxy.port())};
  StatusRules rules;
  const ProductId product = new_product();
  const ProductId other = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(order_status, StatusFixture)

BOOST_AUTO_TEST_CASE(changes_to_any_text_and_returns_the_whole_order) {
  const auto id = ordered();
  const auto before = *value_of(store.find(id));
  const std::string odd = R"(it's "on" \ its, {way} NULL)"
                          " \xE2\x82\xAC \xF0\x9F\x9A\x9A :p1";
  const auto outcome = change(id, odd);
  BOOST_REQUIRE(outcome.order.has_value());
  BOOST_TEST(outcome.fault.empty());
  BOOST_TEST(outcome.owed.empty());
  BOOST_TEST(outcome.order->status == odd);
  BOOST_TEST(outcome.order->items.size() == 2U);
  BOOST_TEST((outcome.order->created_at == before.created_at));
  BOOST_TEST((outcome.order->updated_at > before.updated_at));
  BOOST_TEST(value_of(store.find(id))->status == odd);
  BOOST_TEST(states(id) == "sold sold");
}

BOOST_AUTO_TEST_CASE(says_when_there_is_no_such_order) {
  const auto outcome = change(new_order(), "Shipped");
  BOOST_TEST(!outcome.order.has_value());
  BOOST_TEST(outcome.fault.empty());
}

BOOST_AUTO_TEST_CASE(sets_the_same_status_again_without_touching_the_order) {
  const auto id = ordered();
  const auto first = change(id, "Shipped");
  const auto second = change(id, "Shipped");
  BOOST_REQUIRE(second.order.has_value());
  BOOST_TEST(second.fault.empty());
  BOOST_TEST((second.order->updated_at == first.order->updated_at));
}

BOOST_AUTO_TEST_CASE(gives_the_stock_of_a_cancelled_order_back_once) {
  const auto id = ordered();
  auto outcome = change(id, "Cancelled");
  BOOST_REQUIRE_EQUAL(outcome.owed.size(), 2U);
  BOOST_TEST(outcome.owed[0].product.value == product.value);
  BOOST_TEST(outcome.owed[0].attempt == 0);
  BOOST_TEST(states(id) == "owed owed");
  BOOST_TEST(change(id, "Cancelled").owed.size() == 2U);  // still to be given back, and said so again
  (void)database().ask("UPDATE reservations SET state = 'released' WHERE order_id = " +
                       std::to_string(id.value));
  outcome = change(id, "Cancelled");
  BOOST_TEST(outcome.owed.empty());
  BOOST_TEST(outcome.order->status == "Cancelled");
  BOOST_TEST(states(id) == "released released");
}

BOOST_AUTO_TEST_CASE(forbids_what_the_rules_forbid_and_changes_nothing) {
  const auto id = ordered();
  change(id, "Cancelled");
  const auto outcome = change(id, "Ordered");
  BOOST_TEST(!outcome.fault.empty());
  BOOST_REQUIRE(outcome.order.has_value());
  BOOST_TEST(outcome.order->status == "Cancelled");
  rules.transitions = {{"Ordered", {"Shipped"}}};
  const auto second = ordered();
  BOOST_TEST(!change(second, "Cancelled").fault.empty());
  BOOST_TEST(states(second) == "sold sold");
  BOOST_TEST(change(second, "Shipped").fault.empty());
}

BOOST_AUTO_TEST_CASE(restocks_an_order_whose_status_came_to_mean_so_later) {
  const auto id = ordered();
  change(id, "Lost");
  rules.restock_on.insert("Lost");
  BOOST_TEST(change(id, "Lost").owed.size() == 2U);
  BOOST_TEST(states(id) == "owed owed");
}

BOOST_AUTO_TEST_CASE(changes_a_batch_and_answers_in_the_order_asked) {
  const auto first = ordered();
  const auto second = ordered();
  const auto third = ordered();
  change(third, "Canceled");
  const auto outcomes = value_of(store.change_status(
      {{third, "Shipped"}, {second, "Cancelled"}, {new_order(), "Shipped"}, {first, "Shipped"}}, rules));
  BOOST_REQUIRE_EQUAL(outcomes.size(), 4U);
  BOOST_TEST(!outcomes[0].fault.empty());
  BOOST_TEST(outcomes[1].owed.size() == 2U);
  BOOST_TEST(!outcomes[2].order.has_value());
  BOOST_TEST(outcomes[3].order->status == "Shipped");
  BOOST_TEST(outcomes[3].owed.empty());
  BOOST_TEST(value_of(store.change_status({}, rules)).empty());
  BOOST_TEST(code_of(store.change_status({{first, "a"}, {first, "b"}}, rules)) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(says_what_is_owed_also_when_an_unknown_commit_is_repeated) {
  for (const auto moment : {CuttingProxy::Moment::before_sending, CuttingProxy::Moment::before_answering}) {
    const auto id = ordered();
    proxy.cut("COMMIT", moment);
    BOOST_TEST(code_of(store.change_status({{id, "Cancelled"}}, rules)) == ErrorCode::outcome_unknown);
    const auto outcome = change(id, "Cancelled");
    BOOST_TEST(outcome.fault.empty());
    BOOST_TEST(outcome.owed.size() == 2U);
    BOOST_TEST(states(id) == "owed owed");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence

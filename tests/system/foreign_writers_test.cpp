// Others change stock while orderd does, in a catalog whose ETags are versions (catalog.version_etags): no
// unit is sold twice and none is lost, as long as PUTs are answered.
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/second_instance.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

struct ForeignWriters {
  static std::map<std::string, std::string> settings(bool cluster) {
    return {{"ORDERD_CATALOG__VERSION_ETAGS", "true"},
            {"ORDERD_CLUSTER__ENABLED", cluster ? "true" : "false"},
            {"ORDERD_ORDERS__DEADLINE", "20s"}};
  }

  explicit ForeignWriters(bool cluster = false) : rig({{"--etag"}, settings(cluster), nullptr, true}) {}

  /// Another service that sells one unit: GET, subtract, PUT with If-Match. Whether it got one; 412 means to
  /// try again.
  [[nodiscard]] bool sells_one() {
    const auto target = "/products/" + std::to_string(product);
    for (;;) {
      const auto got = rig.sandbox().catalog("GET", target);
      auto row = json::parse(got.body).at("product_detail");
      const int quantity = row.at("quantity").get<int>();
      if (quantity <= 0) return false;
      row["quantity"] = quantity - 1;
      const auto put =
          rig.sandbox().catalog("PUT", target, row.dump(), {{"If-Match", got.headers.at("etag")}});
      if (put.status == 200) return true;
      if (put.status != 412) throw std::runtime_error("the catalog answered " + std::to_string(put.status));
    }
  }

  /// Two other services and six customers, who ask `post`, until there is nothing left.
  template <class Post>
  void sell_out(const Post& post) {
    at_once(8, [&](int n) {
      if (n < 2) {
        while (sells_one()) {
          ++theirs;
          std::this_thread::sleep_for(std::chrono::milliseconds(20));  // its customers come one after another
        }
        return;
      }
      for (int round = 0;; ++round) {
        const HttpReply reply = post(n, Rig::lines({{product, 1}}));
        if (reply.status == 400) return;
        if (reply.status != 201) {
          ++odd;
          return;
        }
        ++ours;
        if (round % 5 == 0) {
          const std::lock_guard<std::mutex> guard(mutex);
          to_cancel.push_back(parsed(reply).at("id").dump());
        }
      }
    });
    BOOST_TEST(odd == 0);
    BOOST_TEST(rig.settles());
    BOOST_TEST(theirs > 0);
    BOOST_TEST(ours > 0);
    BOOST_TEST(ours + theirs == stock);
    BOOST_TEST(rig.sandbox().stock(product).value() == 0);
    BOOST_TEST(rig.sold(product) == ours.load());
    BOOST_TEST(std::stoi(rig.metric("orderd_stock_puts_refused_total")) > 0);
    BOOST_TEST(rig.metric("orderd_stock_puts_unanswered_total") == "0");
    BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE doubt_until IS NOT NULL") == "0");
  }

  /// Units come back among other writers, too.
  void cancel_some() {
    at_once(2, [&](int n) {
      if (n == 0) {
        for (const auto& id : to_cancel) (void)rig.call("PUT", "/orders/" + id, R"({"status":"Cancelled"})");
      } else {
        for (int i = 0; i < 50; ++i) theirs += sells_one() ? 1 : 0;
      }
    });
    BOOST_TEST(rig.settles());
    BOOST_TEST(rig.sandbox().stock(product).value() + rig.sold(product) + theirs == stock);
    const auto audit = parsed(rig.call("GET", "/audit"));
    BOOST_TEST(audit.at("verdict") == "clean", audit.dump());
  }

  static constexpr int stock = 300;
  Rig rig;
  int product = rig.product(stock);
  std::atomic<int> theirs{0};
  std::atomic<int> ours{0};
  std::atomic<int> odd{0};
  std::mutex mutex;
  std::vector<std::string> to_cancel;
};

struct WithTwoInstances : ForeignWriters {
  WithTwoInstances() : ForeignWriters(true) {}
  SecondInstance second{rig};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(foreign_writers)

BOOST_FIXTURE_TEST_CASE(others_and_orderd_share_a_products_stock_to_the_last_unit, ForeignWriters) {
  sell_out([this](int customer, const std::string& body) { return rig.post(customer, body); });
  cancel_some();
}

BOOST_FIXTURE_TEST_CASE(others_and_two_instances_do_as_well, WithTwoInstances) {
  sell_out([this](int customer, const std::string& body) {
    if (customer % 2 == 0) return rig.post(customer, body);
    return second.call("POST", "/orders/" + std::to_string(customer), body);
  });
  cancel_some();
}

BOOST_FIXTURE_TEST_CASE(an_unanswered_put_is_followed_by_another_and_can_not_land_any_more, ForeignWriters) {
  const int ten = rig.product(10);
  rig.sandbox().fault(
      {{"route", "PUT /products/{id}"}, {"answer", "close"}, {"apply", "later"}, {"count", 1}});
  BOOST_TEST(rig.post(1, Rig::lines({{ten, 3}})).status == 201);
  BOOST_TEST(rig.settles());
  BOOST_TEST(rig.sandbox().stock(ten).value() == 7);
  (void)rig.sandbox().land();  // its If-Match names a version that is over
  BOOST_TEST(rig.sandbox().stock(ten).value() == 7);
  BOOST_TEST(rig.post(1, Rig::lines({{ten, 7}})).status == 201);
  BOOST_TEST(rig.metric("orderd_stock_late_writes_total") == "0");
  BOOST_TEST(rig.metric("orderd_stock_foreign_edits_total") == "0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test

// The catalog's rows of the contract, in both dialects.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;

namespace {

const std::vector<std::string> dialects{"code", "readme"};
const std::string moby = R"({"id":1,"name":"Moby Dick","price":12,"quantity":10})";

SandboxProcess sample(const std::string& dialect) {
  return SandboxProcess({"--sample", "--dialect", dialect});
}

void check_not_found(const WireReply& reply, const std::string& dialect, const std::string& id) {
  const auto text = "product with id: " + id + " was not found";
  if (dialect == "code") {
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == "\"" + text + "\"");
  } else {
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.body == R"({"detail":")" + text + "\"}");
  }
}

std::string fault_422(const std::string& location, const std::string& message, const std::string& type) {
  return R"({"detail":[{"loc":[)" + location + R"(],"msg":")" + message + R"(","type":")" + type + R"("}]})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(lists_all_products) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    const auto reply = sandbox.catalog("GET", "/products");
    BOOST_TEST(reply.status == 200);
    const auto body = json::parse(reply.body);
    BOOST_TEST(body.size() == 1U);
    BOOST_TEST(body.at("data").size() == 5U);
    int found = 0;
    for (const auto& row : body.at("data")) found += row == json::parse(moby) ? 1 : 0;
    BOOST_TEST(found == 1);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_catalog_is_an_empty_list) {
  const SandboxProcess sandbox;
  BOOST_TEST(sandbox.catalog("GET", "/products").body == R"({"data":[]})");
}

BOOST_AUTO_TEST_CASE(gives_a_product_by_id) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    const auto reply = sandbox.catalog("GET", "/products/1");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == R"({"product_detail":)" + moby + "}");
    BOOST_TEST(sandbox.catalog("GET", "/products/%31").body == reply.body);
  }
}

BOOST_AUTO_TEST_CASE(sends_unicode_names_as_utf_8) {
  const SandboxProcess sandbox;
  const std::string name = "\xe5\x9d\x8a \\\" \xf0\x9f\x90\xb3";
  const auto sent = R"({"name":"\u574a \\\" \ud83d\udc33","price":1,"quantity":2})";
  const auto reply = sandbox.catalog("POST", "/products", sent);
  BOOST_TEST(reply.body == R"({"data":{"id":1,"name":"坊 \\\" 🐳","price":1,"quantity":2}})");
  const auto got = json::parse(sandbox.catalog("GET", "/products/1").body);
  BOOST_TEST(got.at("product_detail").at("name").get<std::string>() == name);
}

BOOST_AUTO_TEST_CASE(the_older_draft_sends_the_product_unwrapped) {
  const SandboxProcess sandbox({"--sample", "--unwrapped-product"});
  BOOST_TEST(sandbox.catalog("GET", "/products/1").body == moby);
}

BOOST_AUTO_TEST_CASE(denies_unknown_products_in_its_dialect) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    check_not_found(sandbox.catalog("GET", "/products/999"), dialect, "999");
    check_not_found(sandbox.catalog("GET", "/products/-1"), dialect, "-1");
    const auto body = R"({"name":"Moby Dick","price":12,"quantity":9})";
    check_not_found(sandbox.catalog("PUT", "/products/999", body), dialect, "999");
    BOOST_TEST(!sandbox.stock(999));
  }
}

BOOST_AUTO_TEST_CASE(an_id_beyond_32_bits_is_just_unknown) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    check_not_found(sandbox.catalog("GET", "/products/2147483648"), dialect, "2147483648");
    BOOST_TEST(sandbox.catalog("GET", "/products/1").status == 200);
  }
}

BOOST_AUTO_TEST_CASE(creates_products_with_ids_from_1_on) {
  for (const auto& dialect : dialects) {
    const SandboxProcess sandbox({"--dialect", dialect});
    const auto body = R"({"name":"A","price":1,"quantity":2})";
    const auto reply = sandbox.catalog("POST", "/products", body);
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.body == R"({"data":{"id":1,"name":"A","price":1,"quantity":2}})");
    BOOST_TEST(json::parse(sandbox.catalog("POST", "/products", body).body).at("data").at("id") == 2);
    BOOST_TEST(sandbox.stock(2).value_or(-1) == 2);
  }
}

BOOST_AUTO_TEST_CASE(a_put_replaces_the_whole_product) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    const auto reply = sandbox.catalog("PUT", "/products/1", R"({"name":"Moby","price":13,"quantity":9})");
    BOOST_TEST(reply.status == 200);
    const std::string row = R"({"id":1,"name":"Moby","price":13,"quantity":9})";
    BOOST_TEST(reply.body == R"({"message":"Product updated successfully","updated_product":)" + row + "}");
    BOOST_TEST(sandbox.catalog("GET", "/products/1").body == R"({"product_detail":)" + row + "}");
  }
}

BOOST_AUTO_TEST_CASE(deletes_products) {
  for (const auto& dialect : dialects) {
    const auto sandbox = sample(dialect);
    const auto reply = sandbox.catalog("DELETE", "/products/2");
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.headers.count("content-length") == 0U);
    BOOST_TEST(!sandbox.stock(2));
    if (dialect == "code") {
      BOOST_TEST(sandbox.catalog("DELETE", "/products/2").status == 204);
    } else {
      check_not_found(sandbox.catalog("DELETE", "/products/2"), dialect, "2");
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_read_with_422) {
  const auto sandbox = sample("code");
  const auto missing = [](const std::string& field) {
    return fault_422("\"body\",\"" + field + "\"", "field required", "value_error.missing");
  };
  const std::map<std::string, std::string> cases{
      {R"({"name":"A","price":1})", missing("quantity")},
      {R"({"name":"A","quantity":1})", missing("price")},
      {R"({"price":1,"quantity":1})", missing("name")},
      {R"({"name":"A","price":"x","quantity":1})",
       fault_422(R"("body","price")", "value is not a valid integer", "type_error.integer")},
      {R"({"name":null,"price":1,"quantity":1})",
       fault_422(R"("body","name")", "none is not an allowed value", "type_error.none.not_allowed")},
      {R"([1])", fault_422(R"("body")", "value is not a valid dict", "type_error.dict")},
      {R"({"name":)",
       fault_422(R"("body",8)", "Expecting value: line 1 column 1 (char 8)", "value_error.jsondecode")},
  };
  for (const auto& [body, expected] : cases) {
    for (const auto& reply :
         {sandbox.catalog("POST", "/products", body), sandbox.catalog("PUT", "/products/1", body)}) {
      BOOST_TEST(reply.status == 422);
      BOOST_TEST(reply.body == expected);
    }
  }
  const auto bad_id =
      fault_422(R"("path","product_id")", "value is not a valid integer", "type_error.integer");
  BOOST_TEST(sandbox.catalog("GET", "/products/x").body == bad_id);
  BOOST_TEST(sandbox.catalog("DELETE", "/products/1.5").body == bad_id);
  BOOST_TEST(sandbox.stock(1).value_or(-1) == 10);
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_does_not_claim_to_be_json) {
  const auto sandbox = sample("code");
  const auto body = R"({"name":"A","price":1,"quantity":2})";
  const auto reply = sandbox.catalog("PUT", "/products/1", body, {{"Content-Type", "text/plain"}});
  BOOST_TEST(reply.status == 422);
  BOOST_TEST(reply.body == fault_422(R"("body")", "value is not a valid dict", "type_error.dict"));
  BOOST_TEST(
      sandbox.catalog("PUT", "/products/1", body, {{"Content-Type", "application/json; charset=utf-8"}})
          .status == 200);
}

BOOST_AUTO_TEST_CASE(a_value_beyond_32_bits_breaks_it_until_it_is_restarted) {
  for (const auto* body : {R"({"name":"A","price":1,"quantity":2147483648})",
                           R"({"name":"A","price":2147483648,"quantity":1})"}) {
    const auto sandbox = sample("code");
    const auto reply = sandbox.catalog("PUT", "/products/1", body);
    BOOST_TEST(reply.status == 500);
    BOOST_TEST(reply.body == "Internal Server Error");
    BOOST_TEST(sandbox.catalog("GET", "/products/1").status == 500);
    BOOST_TEST(sandbox.catalog("GET", "/products").status == 500);
    BOOST_TEST(sandbox.catalog("GET", "/nothing").status == 404);  // no database needed
    BOOST_TEST(sandbox.cart("GET", "/cart_items").status == 200);  // another service
    BOOST_TEST(sandbox.catalog("POST", "/__restart").body == R"({"healed":true})");
    BOOST_TEST(sandbox.catalog("GET", "/products/1").body == R"({"product_detail":)" + moby + "}");
  }
}

BOOST_AUTO_TEST_CASE(the_largest_value_is_kept) {
  const auto sandbox = sample("code");
  BOOST_TEST(
      sandbox.catalog("PUT", "/products/1", R"({"name":"A","price":2147483647,"quantity":-2147483648})")
          .status == 200);
  BOOST_TEST(sandbox.stock(1).value_or(0) == -2147483647 - 1);
}

BOOST_AUTO_TEST_CASE(a_version_etag_guards_updates) {
  const SandboxProcess sandbox({"--sample", "--etag"});
  const auto body = R"({"name":"Moby Dick","price":12,"quantity":9})";
  const auto tag = sandbox.catalog("GET", "/products/1").headers.at("etag");
  const auto put = sandbox.catalog("PUT", "/products/1", body, {{"If-Match", tag}});
  BOOST_TEST(put.status == 200);
  BOOST_TEST(put.headers.at("etag") != tag);
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", body, {{"If-Match", tag}}).status == 412);
  BOOST_TEST(sandbox.catalog("GET", "/products/1").headers.at("etag") == put.headers.at("etag"));
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", body).status == 200);  // asks for nothing
}

BOOST_AUTO_TEST_CASE(without_etags_if_match_means_nothing) {
  const auto sandbox = sample("code");
  BOOST_TEST(sandbox.catalog("GET", "/products/1").headers.count("etag") == 0U);
  const auto body = R"({"name":"Moby Dick","price":12,"quantity":9})";
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", body, {{"If-Match", "\"77\""}}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test

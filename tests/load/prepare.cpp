#include "tests/load/prepare.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "tests/load/caller.hpp"

namespace orders::load {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::uint64_t answer_bytes_max = 1ULL << 30;
constexpr int tries = 3;

/// A blocking keep-alive connection to the catalog, renewed when it ends. Nothing here may be sent twice by
/// accident with harm: GET and PUT repeat well, and a second POST only makes one product too many.
class CatalogConnection {
 public:
  explicit CatalogConnection(const Options& options)
      : url_(*options.catalog), timeout_(options.timeout), endpoint_(resolve(context_, url_)) {}

  rapidjson::Document ask(http::verb method, const std::string& path, const std::string& body,
                          unsigned expected) {
    std::string trouble;
    for (int i = 0; i < tries; ++i) {
      http::request<http::string_body> request(method, url_.prefix + path, 11, body);
      request.set(http::field::host, url_.authority());
      request.set(http::field::content_type, "application/json");
      request.prepare_payload();
      http::response_parser<http::string_body> answer;
      answer.body_limit(answer_bytes_max);
      const auto error = exchange(request, answer);
      if (error || !answer.get().keep_alive() || answer.get().result_int() >= 500) stream_.close();
      trouble =
          error ? error.message() : std::to_string(answer.get().result_int()) + " " + answer.get().body();
      if (error || answer.get().result_int() != expected) continue;
      rapidjson::Document json;
      json.Parse<rapidjson::kParseIterativeFlag>(answer.get().body().c_str());
      if (!json.HasParseError()) return json;
    }
    throw std::runtime_error("the catalog: " + std::string(http::to_string(method)) + " " + path + ": " +
                             trouble);
  }

 private:
  using Parser = http::response_parser<http::string_body>;

  beast::error_code exchange(const http::request<http::string_body>& request, Parser& answer) {
    // Asynchronous calls, as only they keep a deadline.
    beast::error_code result;
    stream_.expires_after(timeout_);
    const auto read = [&](beast::error_code error, std::size_t) {
      result = error;
      if (!error) {
        http::async_read(stream_, buffer_, answer,
                         [&](beast::error_code failed, std::size_t) { result = failed; });
      }
    };
    if (stream_.socket().is_open()) {
      http::async_write(stream_, request, read);
    } else {
      buffer_.clear();
      stream_.async_connect(endpoint_, [&](beast::error_code error) {
        result = error;
        if (!error) http::async_write(stream_, request, read);
      });
    }
    context_.restart();
    context_.run();
    return result;
  }

  Url url_;
  std::chrono::milliseconds timeout_;
  boost::asio::io_context context_{1};
  Caller::Endpoint endpoint_;
  beast::tcp_stream stream_{context_};
  beast::flat_buffer buffer_;
};

struct Row {
  std::int32_t id = 0;
  std::string name{};
  std::int32_t price = 0;
};

std::string product_body(const Row& row, std::int32_t quantity) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  writer.StartObject();
  writer.Key("name");
  writer.String(row.name.c_str(), static_cast<rapidjson::SizeType>(row.name.size()));
  writer.Key("price");
  writer.Int(row.price);
  writer.Key("quantity");
  writer.Int(quantity);
  writer.EndObject();
  return text.GetString();
}

const rapidjson::Value& member(const rapidjson::Value& object, const char* name) {
  static const rapidjson::Value nothing;
  if (!object.IsObject()) return nothing;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nothing : found->value;
}

std::vector<Row> list(CatalogConnection& catalog) {
  const auto json = catalog.ask(http::verb::get, "/products", {}, 200);
  const auto& data = member(json, "data");
  if (!data.IsArray()) throw std::runtime_error("the catalog's list of products is none");
  std::vector<Row> rows;
  for (const auto& entry : data.GetArray()) {
    const auto& id = member(entry, "id");
    const auto& name = member(entry, "name");
    const auto& price = member(entry, "price");
    if (!id.IsInt() || !name.IsString() || !price.IsInt())
      throw std::runtime_error("a product of the catalog is none");
    rows.push_back({id.GetInt(), {name.GetString(), name.GetStringLength()}, price.GetInt()});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
  return rows;
}

}  // namespace

std::vector<std::int32_t> prepare_stock(const Options& options) {
  CatalogConnection catalog(options);
  const auto stock = options.prepare_stock.value_or(0);
  auto rows = list(catalog);
  rows.resize(std::min<std::size_t>(rows.size(), options.products));
  std::vector<std::int32_t> ids;
  for (const auto& row : rows) {
    const auto answer =
        catalog.ask(http::verb::put, "/products/" + std::to_string(row.id), product_body(row, stock), 200);
    const auto& id = member(member(answer, "updated_product"), "id");
    if (!id.IsInt() || id.GetInt() != row.id) {
      throw std::runtime_error("the catalog did not update product " + std::to_string(row.id));
    }
    ids.push_back(row.id);
  }
  while (ids.size() < options.products) {
    const auto answer = catalog.ask(http::verb::post, "/products", product_body({0, "load", 1}, stock), 201);
    const auto& id = member(member(answer, "data"), "id");
    if (!id.IsInt()) throw std::runtime_error("the catalog did not say which product it made");
    ids.push_back(id.GetInt());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace orders::load

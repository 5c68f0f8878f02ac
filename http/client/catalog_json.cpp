#include "http/client/catalog_json.hpp"

#include <limits>

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "http/client/json_reader.hpp"

namespace orders::http {

namespace {

struct ProductFields {
  std::optional<std::int32_t> id;
  std::optional<std::string> name;
  std::optional<std::int64_t> price;
  std::optional<std::int32_t> quantity;
  std::string odd{};  ///< the last field with a value that cannot be right

  void take(const std::string& field, const Scalar& value) {
    bool good = true;
    if (field == "id") {
      id = value.id32();
      good = id.has_value();
    } else if (field == "quantity") {
      quantity = value.int32();
      good = quantity.has_value();
    } else if (field == "price") {
      good = value.kind == Scalar::Kind::integer;
      if (good) price = value.integer;
    } else if (field == "name") {
      good = value.kind == Scalar::Kind::text;
      if (good) name = value.text;
    }
    if (!good) odd = field;
  }
};

/// Collects a product that is the document itself, or the member `wrapper` of it.
class ProductSink final : public JsonSink {
 public:
  explicit ProductSink(std::string_view wrapper) : wrapper_(wrapper) {}

  void scalar(const JsonPlace& place, const Scalar& value) override {
    if (place.depth() == 0) bare_text_ = value.kind == Scalar::Kind::text;
    if (place.depth() == 1 && object_) {
      outer_.take(place.name(), value);
      detailed_ |= place.name() == "detail" && value.kind == Scalar::Kind::text;
    }
    if (place.depth() == 2 && wrapped_) inner_.take(place.name(), value);
  }
  void open(const JsonPlace& place, bool object) override {
    if (place.depth() == 0) object_ = object;
    if (place.depth() == 1 && object && object_ && place.name() == wrapper_) has_inner_ = wrapped_ = true;
  }
  void close(const JsonPlace& place, bool /*object*/) override {
    if (place.depth() == 1) wrapped_ = false;
  }

  [[nodiscard]] bool bare_text() const { return bare_text_; }
  [[nodiscard]] bool detailed() const { return detailed_; }
  [[nodiscard]] ProductFields& product() { return has_inner_ ? inner_ : outer_; }

 private:
  std::string_view wrapper_;
  bool object_ = false;
  bool wrapped_ = false;
  bool has_inner_ = false;
  bool bare_text_ = false;
  bool detailed_ = false;  ///< an object with a "detail", as the services' errors are
  ProductFields outer_{};
  ProductFields inner_{};
};

Judgement<CatalogProduct> mistrusted(std::string detail) {
  return {Verdict::mistrusted, {}, std::move(detail)};
}

std::string fault_of(const ProductFields& fields) {
  if (!fields.odd.empty()) return fmt::format("the product's {} is not what it must be", fields.odd);
  if (!fields.id) return "the product has no id";
  return {};
}

}  // namespace

Judgement<CatalogProduct> judge_product(const Answer& answer, ProductId asked) {
  if (answer.status != 200 && answer.status != 404)
    return {Verdict::failed, {}, fmt::format("status {}", answer.status)};
  ProductSink sink("product_detail");
  auto fault = read_json(answer.body, sink);
  if (answer.status == 404) {
    // A gateway in between says 404, too, and what is believed to have gone may be given up (R17).
    if (fault.empty() && sink.detailed()) return {Verdict::none, {}, "status 404"};
    return {Verdict::failed, {}, "status 404, and not as the catalog says it"};
  }
  if (!fault.empty()) return mistrusted("not JSON: " + fault);
  if (sink.bare_text()) return {Verdict::none, {}, "a bare text"};
  auto& fields = sink.product();
  if (fault = fault_of(fields); !fault.empty()) return mistrusted(std::move(fault));
  if (*fields.id != asked.value) return mistrusted(fmt::format("it is about product {}", *fields.id));
  if (!fields.name || !fields.price || !fields.quantity) return mistrusted("the product lacks a field");
  CatalogProduct product;
  product.id = asked;
  product.name = std::move(*fields.name);
  product.price = *fields.price;
  product.quantity = *fields.quantity;
  product.etag = answer.etag;
  return {Verdict::found, std::move(product), {}};
}

std::optional<std::string> product_body(const CatalogProduct& product, std::string& fault) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (product.price < Limits::min() || product.price > Limits::max()) {
    fault = fmt::format("its price {} is beyond 32 bits", product.price);
    return std::nullopt;
  }
  using Utf8 = rapidjson::UTF8<>;
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, Utf8, Utf8, rapidjson::CrtAllocator,
                    rapidjson::kWriteValidateEncodingFlag>
      writer(buffer);
  writer.StartObject();
  writer.Key("name");
  if (!writer.String(product.name.data(), static_cast<rapidjson::SizeType>(product.name.size()))) {
    fault = "its name is not UTF-8";
    return std::nullopt;
  }
  writer.Key("price");
  writer.Int64(product.price);
  writer.Key("quantity");
  writer.Int(product.quantity);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string fault_of_put(const Answer& answer, const CatalogProduct& put) {
  if (answer.status == 204) return {};
  if (answer.status != 200) return fmt::format("status {}", answer.status);
  ProductSink sink("updated_product");
  if (auto fault = read_json(answer.body, sink); !fault.empty()) return "not JSON: " + fault;
  if (sink.bare_text()) return "a bare text instead of the product";
  const auto& fields = sink.product();
  if (auto fault = fault_of(fields); !fault.empty()) return fault;
  if (*fields.id != put.id.value) return fmt::format("it is about product {}", *fields.id);
  if (fields.quantity && *fields.quantity != put.quantity) {
    return fmt::format("the product has quantity {} instead of {}", *fields.quantity, put.quantity);
  }
  return {};
}

}  // namespace orders::http

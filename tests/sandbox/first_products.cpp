#include "tests/sandbox/first_products.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include <rapidjson/document.h>

#include "tests/sandbox/body.hpp"

namespace orders::sandbox {

namespace {

std::int64_t column(const rapidjson::Value& row, const char* name, const std::string& path) {
  const auto member = row.FindMember(name);
  if (member == row.MemberEnd() || !member->value.IsInt()) {
    throw std::runtime_error(path + ": every product needs a 32-bit " + name);
  }
  return member->value.GetInt();
}

Product product_of(const rapidjson::Value& row, const std::string& path, Store& store) {
  if (!row.IsObject()) throw std::runtime_error(path + ": every product must be an object");
  Product product;
  const auto name = row.FindMember("name");
  if (name == row.MemberEnd() || !name->value.IsString()) {
    throw std::runtime_error(path + ": every product needs a name");
  }
  product.name = {name->value.GetString(), name->value.GetStringLength()};
  product.price = column(row, "price", path);
  product.quantity = column(row, "quantity", path);
  product.id = row.HasMember("id") ? column(row, "id", path) : store.next_product_id();
  return product;
}

}  // namespace

void add_sample_products(Store& store) {
  const Product samples[] = {{1, "Moby Dick", 12, 10},
                             {2, "Middlemarch", 15, 25},
                             {3, "Die Verwandlung", 8, 100},
                             {4, "Les Mis\xc3\xa9rables", 20, 5},
                             {5, "\xe5\x9d\x8a\xe3\x81\xa3\xe3\x81\xa1\xe3\x82\x83\xe3\x82\x93", 9, 1000}};
  for (const auto& sample : samples) store.put_product(sample);
}

void add_products_of(const std::string& path, Store& store) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.str().c_str());
  if (json.HasParseError()) throw std::runtime_error(path + " is not JSON");
  const bool wrapped = json.IsObject() && json.HasMember("data");
  const rapidjson::Value& rows = wrapped ? json["data"] : static_cast<const rapidjson::Value&>(json);
  if (!rows.IsArray()) throw std::runtime_error(path + ": an array of products is needed");
  for (const auto& row : rows.GetArray()) store.put_product(product_of(row, path, store));
}

}  // namespace orders::sandbox

#include "domain/order_rules.hpp"

#include <algorithm>
#include <limits>

namespace orders {

namespace {
constexpr std::int64_t quantity_max = std::numeric_limits<std::int32_t>::max();
}  // namespace

Result<std::vector<OrderLine>> sum_by_product(const std::vector<OrderLine>& lines) {
  if (lines.empty()) return Error{ErrorCode::validation_failed, "an order needs at least one line"};
  std::map<ProductId, std::int64_t> sums;
  for (const auto& line : lines) sums[line.product] += line.quantity;
  std::vector<OrderLine> summed;
  summed.reserve(sums.size());
  for (const auto& [product, quantity] : sums) {
    if (quantity > quantity_max) {
      return Error{ErrorCode::validation_failed, "the lines of product " + std::to_string(product.value) +
                                                     " add up to more than 2147483647"};
    }
    summed.push_back({product, static_cast<std::int32_t>(quantity)});
  }
  return summed;
}

std::vector<OrderLine> lines_of_cart(const std::vector<CartLine>& lines) {
  struct Net {
    std::int64_t sum = 0;
    bool reduced = false;
  };
  std::map<ProductId, Net> nets;
  for (const auto& line : lines) {
    auto& net = nets[line.product];
    net.sum += line.quantity;
    net.reduced |= line.quantity <= 0;
  }
  std::vector<OrderLine> kept;
  for (const auto& line : lines) {
    auto& net = nets[line.product];
    if (!net.reduced) {
      kept.push_back({line.product, line.quantity});
    } else if (net.sum > 0) {
      kept.push_back({line.product, static_cast<std::int32_t>(std::min(net.sum, quantity_max))});
      net.sum = 0;  // the net line stands once
    }
  }
  return kept;
}

std::string status_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.find('\0') != std::string_view::npos) return "must not contain the character NUL";
  int characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  if (characters > status_characters_max) return "must be at most 64 characters long";
  return {};
}

std::string StatusRules::fault(const std::string& from, const std::string& to) const {
  if (from == to) return {};
  if (restocks(from)) return "an order that is " + from + " stays so: its stock has been given back";
  const auto allowed = transitions.find(from);
  if (allowed == transitions.end() || allowed->second.count(to) != 0) return {};
  return "the settings of this service do not allow an order to go from " + from + " to " + to;
}

}  // namespace orders

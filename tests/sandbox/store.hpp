// The data of both services: products, carts and the lines of all carts. The catalog and the cart read and
// change it; a journal function gets every change as one JSON line, which restore() takes back. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orders::sandbox {

struct Product {
  std::int64_t id = 0;
  std::string name{};
  std::int64_t price = 0;
  std::int64_t quantity = 0;
  std::uint64_t version = 1;  ///< grows with every change, also across a deletion: what the ETag shows
};

struct Cart {
  std::int64_t id = 0;
  std::int64_t customer = 0;
  std::string status = "Active";
};

struct CartItem {
  std::int64_t id = 0;
  std::int64_t product = 0;
  std::int64_t quantity = 0;
  std::int64_t cart = 0;
};

/// `{"id":1,"name":"Moby Dick","price":12,"quantity":10}`.
std::string product_json(const Product& product);
std::string cart_item_json(const CartItem& item);

class Store {
 public:
  using Journal = std::function<void(std::string_view line)>;
  /// Gets every change from now on, without the line's end.
  void set_journal(Journal journal) { journal_ = std::move(journal); }

  // Products.
  [[nodiscard]] const Product* product(std::int64_t id) const;
  /// Any product but this one; null if there is no other.
  [[nodiscard]] const Product* another_product(std::int64_t id) const;
  [[nodiscard]] const std::unordered_map<std::int64_t, Product>& products() const { return products_; }
  /// Like a database sequence: a number once given is gone, whether it is used or not.
  std::int64_t next_product_id() { return ++last_product_; }
  /// Inserts or replaces; sets its version.
  void put_product(Product product);
  void delete_product(std::int64_t id);
  [[nodiscard]] std::uint64_t next_version() const { return last_version_ + 1; }

  // Carts.
  [[nodiscard]] const Cart* active_cart(std::int64_t customer) const;
  [[nodiscard]] const Cart* another_active_cart(std::int64_t customer) const;
  /// Changes the customer's active cart, if there is one.
  void set_cart_status(std::int64_t customer, const std::string& status);
  /// Adds a line to the customer's active cart, which is made if there is none.
  void add_item(std::int64_t customer, std::int64_t product, std::int64_t quantity);
  [[nodiscard]] std::vector<CartItem> items_of(std::int64_t cart) const;
  /// All carts the customer ever had, oldest first. Looks through all carts.
  [[nodiscard]] std::vector<Cart> carts_of(std::int64_t customer) const;
  /// The whole body of GET /cart_items; kept up to date line by line, as it may be megabytes.
  [[nodiscard]] std::shared_ptr<const std::string> items_body() const { return items_body_; }

  /// Everything as journal lines, shortest form.
  void dump(const Journal& line) const;
  /// Takes one journal line; false if it is none.
  bool restore(std::string_view line);
  [[nodiscard]] bool empty() const { return products_.empty() && carts_.empty() && items_.empty(); }
  /// How many lines dump() makes.
  [[nodiscard]] std::size_t rows() const { return products_.size() + carts_.size() + items_.size() + 1; }

 private:
  void insert_item(const CartItem& item);
  void insert_cart(const Cart& cart);
  void write(const std::string& line) const {
    if (journal_) journal_(line);
  }

  std::unordered_map<std::int64_t, Product> products_;
  std::unordered_map<std::int64_t, Cart> carts_;           // by id
  std::unordered_map<std::int64_t, std::int64_t> active_;  // customer -> cart
  std::vector<CartItem> items_;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> items_by_cart_;  // -> indexes into items_
  std::shared_ptr<std::string> items_body_ = std::make_shared<std::string>(R"({"items":[]})");
  std::int64_t last_product_ = 0;
  std::int64_t last_cart_ = 0;
  std::int64_t last_item_ = 0;
  std::uint64_t last_version_ = 0;
  Journal journal_;
};

}  // namespace orders::sandbox

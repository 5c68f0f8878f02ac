// What stands behind a Responder or BodyStream: the address of the waiting client, how it wants its answer,
// and whether it still waits. Shared by the connection (reactor thread) and whoever answers (any thread); all
// that changes is atomic or behind the mutex. An answer carries connection and request number, so it can
// never reach another client, even when the kernel has reused the descriptor.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "http/server/edge.hpp"
#include "http/server/exchange.hpp"
#include "http/server/mailbox.hpp"

namespace orders::http {

/// The bytes of answers that one connection has still to send, wherever they are at the moment.
class Backlog {
 public:
  explicit Backlog(std::shared_ptr<Edge> edge) : edge_(std::move(edge)) {}

  /// Returns how many were waiting before.
  std::uint64_t hold(std::size_t bytes);
  void release(std::size_t bytes);
  /// What a streaming writer has ready besides.
  void keep(std::size_t bytes);
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  [[nodiscard]] std::uint64_t total() const { return waiting_ + kept_; }

 private:
  std::shared_ptr<Edge> edge_;
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> kept_{0};
};

class Exchange {
 public:
  /// What the request said about its answer.
  struct Manner {
    bool head = false;
    bool old = false;  ///< HTTP/1.0
    bool keep_alive = true;
  };

  struct Owners {
    std::shared_ptr<Edge> edge;
    std::shared_ptr<Mailbox> mailbox;
    std::shared_ptr<Backlog> backlog;
  };

  Exchange(Owners owners, Address address, Manner manner, std::string id);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  Exchange(Exchange&&) = delete;
  Exchange& operator=(Exchange&&) = delete;

  // For whoever answers.
  void answer(const Response& response) noexcept;
  void give_up() noexcept;
  void begin_stream(const Response& head) noexcept;
  bool write(const std::string& bytes) noexcept;
  void finish() noexcept;
  void abort() noexcept;
  void when_drained(std::function<void()> then) noexcept;
  /// Nobody waits for the answer, or for more of it.
  [[nodiscard]] bool over() const noexcept { return over_; }

  // For the connection.
  void end() noexcept;
  void call_waiter() noexcept;
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] const Manner& manner() const { return manner_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::shared_ptr<Backlog>& backlog() const { return owners_.backlog; }

 private:
  bool post(Mail::Kind kind, std::string bytes, bool close);
  [[nodiscard]] bool must_close() const;

  const Owners owners_;
  const Address address_;
  const Manner manner_;
  const std::string id_;
  bool close_ = false;  ///< of a stream, decided with its head
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::function<void()> waiter_;
};

}  // namespace orders::http

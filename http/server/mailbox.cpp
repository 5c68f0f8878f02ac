#include "http/server/mailbox.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

namespace orders::http {

Mailbox::Mailbox() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

bool Mailbox::post(Mail mail) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    first = mail_.empty();
    mail_.push_back(std::move(mail));
  }
  if (first && owner_.load() != std::this_thread::get_id()) wake();
  return true;
}

bool Mailbox::take(std::vector<Mail>& batch) {
  batch.clear();
  // The eventfd is read before the letters are: one posted in between leaves a wake-up too many, never one
  // too few.
  eventfd_t ignored = 0;
  static_cast<void>(::eventfd_read(wake_.get(), &ignored));
  const std::lock_guard lock(mutex_);
  mail_.swap(batch);
  return !batch.empty();
}

void Mailbox::wake_if_any() {
  const std::lock_guard lock(mutex_);
  if (!mail_.empty()) wake();
}

std::vector<Mail> Mailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return std::exchange(mail_, {});
}

void Mailbox::wake() const { static_cast<void>(::eventfd_write(wake_.get(), 1)); }

}  // namespace orders::http

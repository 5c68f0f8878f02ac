#include "http/server/outgoing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace orders::http {

namespace {

constexpr std::size_t write_budget = std::size_t{256} * 1024;
constexpr std::size_t piece_max = std::size_t{16} * 1024;
/// What a client has to take for its clock to start again: a byte now and then would keep memory occupied for
/// ever.
constexpr std::size_t progress_min = std::size_t{16} * 1024;

}  // namespace

void Outgoing::push(std::string bytes, Clock::time_point now) {
  if (bytes.empty()) return;
  if (size_ == 0) {
    deadline_ = now + progress_limit_;
    since_mark_ = 0;
  }
  size_ += bytes.size();
  // Small pieces are joined: a string each would cost more than the bytes that are counted.
  if (!pieces_.empty() && pieces_.back().size() + bytes.size() <= piece_max) {
    pieces_.back().append(bytes);
  } else {
    pieces_.push_back(std::move(bytes));
  }
}

bool Outgoing::flush(int fd, Clock::time_point now, std::size_t& written) {
  written = 0;
  while (size_ > 0 && written < write_budget) {
    std::array<iovec, 16> parts{};
    std::size_t count = 0;
    std::size_t room = write_budget - written;
    for (auto piece = pieces_.begin(); piece != pieces_.end() && count < parts.size() && room > 0; ++piece) {
      const std::size_t skip = count == 0 ? offset_ : 0;
      const std::size_t length = std::min(piece->size() - skip, room);
      parts.at(count++) = {piece->data() + skip, length};
      room -= length;
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    took(static_cast<std::size_t>(sent), now);
    written += static_cast<std::size_t>(sent);
  }
  return true;
}

void Outgoing::took(std::size_t bytes, Clock::time_point now) {
  size_ -= bytes;
  since_mark_ += bytes;
  offset_ += bytes;
  while (!pieces_.empty() && offset_ >= pieces_.front().size()) {
    offset_ -= pieces_.front().size();
    pieces_.pop_front();
  }
  if (since_mark_ >= progress_min) {
    since_mark_ = 0;
    deadline_ = now + progress_limit_;
  }
}

}  // namespace orders::http

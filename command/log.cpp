#include "command/log.hpp"

#include <ctime>
#include <memory>
#include <utility>

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

namespace orders::command {

namespace {

/// The text of an entry. Databases and neighbours put line breaks into what they say, and a client's words
/// might be made to look like lines of ours.
class OneLine : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& entry, const std::tm& /*time*/,
              spdlog::memory_buf_t& line) override {
    for (const char c : entry.payload) line.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<OneLine>();
  }
};

}  // namespace

void start_log(const std::string& level) {
  auto lines = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  lines->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %*");
  spdlog::set_formatter(std::move(lines));
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::flush_on(spdlog::level::info);
}

}  // namespace orders::command

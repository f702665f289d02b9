#include "server/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace surefoot::server::log {
namespace {

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}

spdlog::level::level_enum parse_level(std::string_view level) {
  for (const auto& name : {"trace", "debug", "info", "warn", "error", "off"}) {
    if (level == name) return spdlog::level::from_str(name);
  }
  return spdlog::level::info;
}

void write(spdlog::level::level_enum level, std::string_view message) {
  if (const auto& log = logger()) log->log(level, spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

void start(std::string_view level) {
  auto log = std::make_shared<spdlog::logger>("surefoot", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_level(parse_level(level));
  log->set_pattern("%Y-%m-%d %H:%M:%S.%e [%l] %v");
  log->flush_on(spdlog::level::debug);
  logger() = std::move(log);
}

void debug(std::string_view message) { write(spdlog::level::debug, message); }
void info(std::string_view message) { write(spdlog::level::info, message); }
void warn(std::string_view message) { write(spdlog::level::warn, message); }
void error(std::string_view message) { write(spdlog::level::err, message); }

}  // namespace surefoot::server::log

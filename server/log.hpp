#pragma once
// The program's own log, on standard error. Silent until started, so that tests and fuzzers stay quiet. Any thread.
// Standard output belongs to the protocol and to the checker's report; nothing here writes to it.

#include <string_view>

namespace surefoot::server::log {

/// "trace", "debug", "info", "warn", "error" or "off"; anything else is "info". Call once, before any thread starts.
void start(std::string_view level);

void debug(std::string_view message);
void info(std::string_view message);
void warn(std::string_view message);
void error(std::string_view message);

}  // namespace surefoot::server::log

#pragma once
// Everything a session needs from outside: output, threads, time, disk. The program gives it sockets and a pool; tests
// and fuzzers give it strings and run all of it on one thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/schedule/executor.hpp"
#include "server/session/analyzer.hpp"

namespace surefoot::server {

using Clock = std::chrono::steady_clock;

struct Host {
  /// Takes framed bytes for the client. Called on the strand; must not block and must not call back.
  std::function<void(std::string)> send;
  /// Runs a closure on the strand, later. May be called from any thread, also after the session is gone.
  std::function<void(std::function<void()>)> post;
  /// Outlives the session.
  Executor* executor = nullptr;
  std::function<Clock::time_point()> now = [] { return Clock::now(); };
  /// True if the client has already sent more than the session was given: what the last message asks for may be
  /// outdated. Called on the strand.
  std::function<bool()> more_input = [] { return false; };
  /// Told once, the process to which our life is tied. Called on the strand.
  std::function<void(std::int64_t)> watch_parent = [](std::int64_t) {};
  /// Called where much that was read is no longer needed. On any thread.
  std::function<void()> give_memory_back = [] {};
  Analyzer analyzer;
  /// Where what was found is kept between runs: absolute; empty for nowhere.
  std::string cache_folder;
};

}  // namespace surefoot::server

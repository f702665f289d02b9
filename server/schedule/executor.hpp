#pragma once
// Who runs work that is not the strand's own. A job touches only immutable snapshots and hands its result back through
// Host::post; it never throws.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace surefoot::server {

/// What is taken first when there is more work than workers.
enum class Priority : std::uint8_t {
  interactive,  // the user waits for an answer
  open_file,    // diagnostics of an open document
  background,   // everything else, in short pieces
  long_work,    // what takes seconds: on a thread of its own, which the system serves last
};
inline constexpr std::size_t kPriorities = 4;

class Executor {
 public:
  virtual ~Executor() = default;
  /// From any thread. The job may run before this returns (inline) or on any other thread.
  virtual void run(Priority priority, std::function<void()> job) = 0;
};

/// Runs every job at once, on the caller's thread: for tests and fuzzers.
class InlineExecutor final : public Executor {
 public:
  void run(Priority, std::function<void()> job) override { job(); }
};

}  // namespace surefoot::server

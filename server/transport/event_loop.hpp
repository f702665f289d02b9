#pragma once
// The strand of the program: one thread that waits for descriptors, timers, signals and closures of other threads. The
// only place that knows Boost.Asio. Everything but `post` belongs to the thread that runs it.

#include <chrono>
#include <functional>
#include <memory>

namespace surefoot::server {

class EventLoop {
 public:
  using Callback = std::function<void()>;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Until stop().
  void run();
  void stop();

  /// From any thread, for as long as the loop lives.
  void post(Callback callback);
  /// Once. A descriptor that cannot be waited for, such as a file, counts as ready.
  void when_readable(int descriptor, Callback callback);
  void when_writable(int descriptor, Callback callback);
  /// Drops what waits for the descriptor. Call before closing it.
  void forget(int descriptor);
  /// Once.
  void after(std::chrono::milliseconds delay, Callback callback);
  /// For SIGINT and SIGTERM.
  void on_signal(std::function<void(int)> callback);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace surefoot::server

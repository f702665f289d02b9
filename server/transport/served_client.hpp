#pragma once
// One client being served: its connection, its session, and what ends both. Belongs to the loop's thread.

#include <functional>
#include <memory>

#include "server/session/session.hpp"
#include "server/transport/connection.hpp"
#include "server/transport/event_loop.hpp"

namespace surefoot::server {

class ServedClient {
 public:
  /// `ended` is called once, with the session's exit code, when the client or its process is gone; it may destroy this.
  /// `watch_parent`: end with the process that the client names.
  ServedClient(EventLoop& loop, Executor& executor, int input, int output, bool watch_parent,
               std::function<void(int)> ended);
  ~ServedClient();
  ServedClient(const ServedClient&) = delete;
  ServedClient& operator=(const ServedClient&) = delete;

  int exit_code() const { return session_->exit_code(); }

 private:
  Host make_host(Executor& executor, bool watch_parent);
  void end();

  EventLoop& loop_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<Session> session_;
  std::function<void(int)> ended_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace surefoot::server

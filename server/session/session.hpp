#pragma once
// One client's session: bytes in, bytes out. It knows no sockets, files or threads beyond its Host, so that tests and
// fuzzers drive it like editors do. All calls come from one strand.

#include <memory>
#include <optional>
#include <string_view>

#include "protocol/framing.hpp"
#include "protocol/jsonrpc.hpp"
#include "server/session/core.hpp"
#include "server/session/router.hpp"

namespace surefoot::server {

class Session {
 public:
  /// Configuration files are read from `disk`.
  explicit Session(Host host, Disk disk = real_disk());

  /// Bytes from the client, in any pieces.
  void receive(std::string_view bytes);
  /// No more bytes will come: the session ends.
  void input_closed();

  /// True after `exit` or the end of the input: nothing more is sent.
  bool finished() const { return core_->phase == Phase::ended; }
  /// LSP 3.17 "Exit Notification": 0 if `shutdown` came before the end, else 1.
  int exit_code() const { return core_->exit_code; }

  const Counters& counters() const { return core_->counters; }
  Core& core() { return *core_; }

 private:
  void handle(const protocol::FrameEvent& event);
  void handle_body(std::string_view body);
  void on_request(const protocol::Request& request);
  void on_notification(const protocol::Notification& notification);
  void on_invalid(const protocol::Invalid& invalid, std::string_view body);
  std::optional<Failure> refusal(std::string_view method) const;

  std::shared_ptr<Core> core_;
  Router router_;
  protocol::FrameReader reader_;
};

}  // namespace surefoot::server

#pragma once
// The way to the client: notifications, requests of ours with their answers, traces. Strand only.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "protocol/jsonrpc.hpp"
#include "protocol/types_lifecycle.hpp"
#include "protocol/types_workspace.hpp"

namespace surefoot::server {

class Client {
 public:
  using Answer = std::function<void(const protocol::Response&)>;
  /// At most this many requests of ours wait for an answer; beyond, the oldest is taken for failed.
  static constexpr std::size_t kMaxRequests = 64;

  explicit Client(std::function<void(std::string)> send) : send_(std::move(send)) {}

  void notify(std::string_view method, const nlohmann::json& params);
  /// The same with parameters that are JSON already.
  void notify_text(std::string_view method, std::string_view params);
  /// `answer` is called once at most: with the response, or with an error when the request is given up.
  void request(std::string_view method, const nlohmann::json& params, Answer answer);
  /// A response came. One that nobody waits for is only logged.
  void answered(const protocol::Response& response);
  /// A whole body, such as a response.
  void send_body(std::string_view body);

  void show_message(protocol::MessageType type, std::string message);

  void set_trace(protocol::TraceValue trace) { trace_ = trace; }
  /// Sends `$/logTrace` if the client wants it: `what` always, `details` (made only then) in verbose mode.
  void trace(std::string_view what, const std::function<std::string()>& details);

  /// From now on nothing is sent.
  void close() { closed_ = true; }

  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::int64_t id;
    std::string method;
    Answer answer;
  };
  void give_up_oldest();

  std::function<void(std::string)> send_;
  std::deque<Waiting> waiting_;  // oldest first
  std::int64_t next_id_ = 1;
  protocol::TraceValue trace_ = protocol::TraceValue::kOff;
  bool closed_ = false;
};

}  // namespace surefoot::server

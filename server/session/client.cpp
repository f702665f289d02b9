#include "server/session/client.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/framing.hpp"
#include "server/log.hpp"

namespace surefoot::server {

using nlohmann::json;

void Client::send_body(std::string_view body) {
  if (closed_) return;
  send_(protocol::frame(body));
}

void Client::notify(std::string_view method, const json& params) {
  trace("Sending notification '" + std::string(method) + "'", [&] { return protocol::dump_json(params); });
  send_body(protocol::notification_body(method, params));
}

void Client::notify_text(std::string_view method, std::string_view params) {
  trace("Sending notification '" + std::string(method) + "'", [&] { return std::string(params); });
  send_body(protocol::notification_text(method, params));
}

void Client::request(std::string_view method, const json& params, Answer answer) {
  if (closed_) return;
  if (waiting_.size() >= kMaxRequests) give_up_oldest();
  const protocol::Id id = next_id_++;
  waiting_.push_back({std::get<std::int64_t>(id), std::string(method), std::move(answer)});
  trace("Sending request '" + std::string(method) + "' - (" + protocol::to_string(id) + ")",
        [&] { return protocol::dump_json(params); });
  send_body(protocol::request_body(id, method, params));
}

void Client::give_up_oldest() {
  Waiting oldest = std::move(waiting_.front());
  waiting_.pop_front();
  log::warn("the client has not answered request " + std::to_string(oldest.id) + " (" + oldest.method + ")");
  protocol::Response failure;
  failure.id = oldest.id;
  failure.error = protocol::ResponseError{protocol::ErrorCode::kRequestFailed, "the client did not answer", {}};
  if (oldest.answer) oldest.answer(failure);
}

void Client::answered(const protocol::Response& response) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
    return response.id && *response.id == protocol::Id(waiting.id);
  });
  if (found == waiting_.end()) {
    log::warn("the client answered a request that was not sent: " +
              (response.id ? protocol::to_string(*response.id) : std::string("null")));
    return;
  }
  Waiting waiting = std::move(*found);
  waiting_.erase(found);
  if (response.error) log::info("the client refused " + waiting.method + ": " + response.error->message);
  if (waiting.answer) waiting.answer(response);
}

void Client::show_message(protocol::MessageType type, std::string message) {
  notify("window/showMessage", protocol::MessageParams{type, std::move(message)});
}

void Client::trace(std::string_view what, const std::function<std::string()>& details) {
  if (trace_ == protocol::TraceValue::kOff) return;
  protocol::LogTraceParams params{std::string(what), std::nullopt};
  if (trace_ == protocol::TraceValue::kVerbose) params.verbose = details();
  send_body(protocol::notification_body("$/logTrace", params));
}

}  // namespace surefoot::server

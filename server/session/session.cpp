#include "server/session/session.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "server/handlers/handlers.hpp"
#include "server/handlers/sync.hpp"
#include "server/log.hpp"

namespace surefoot::server {
namespace {

using protocol::ErrorCode;

std::string details_of(const protocol::JsonValue& value) { return protocol::dump_json(value.get()); }

/// A body that could not be read may have been an edit: the documents it speaks of are not to be trusted any more.
void distrust_documents_in(Core& core, std::string_view body) {
  if (body.find("textDocument/didChange") == std::string_view::npos) return;
  for (auto& [identity, document] : core.documents.all()) {
    if (body.find(document.uri) != std::string_view::npos) distrust(core, document, "an edit could not be read");
  }
}

}  // namespace

Session::Session(Host host, Disk disk) : core_(std::make_shared<Core>(std::move(host), std::move(disk))) {
  route_lifecycle(router_);
  route_sync(router_);
  route_diagnostics(router_);
  route_code_actions(router_);
  route_hover(router_);
  route_call_hierarchy(router_);
  route_hints(router_);
  route_workspace(router_);
  route_commands(router_);
}

void Session::receive(std::string_view bytes) {
  reader_.push(bytes);
  while (!finished()) {
    const auto event = reader_.pop();
    if (!event) break;
    handle(*event);
  }
  if (!finished()) core_->turn("analysis", [this] { core_->analyses.settle(); });
}

void Session::input_closed() {
  if (finished()) return;
  const bool truncated = reader_.end_of_input() == protocol::EndOfInput::kTruncated;
  log::info(truncated ? "the input ended inside a message" : "the input ended");
  core_->end(core_->phase == Phase::after_shutdown ? 0 : 1);
}

void Session::handle(const protocol::FrameEvent& event) {
  if (const auto* message = std::get_if<protocol::Message>(&event)) return handle_body(message->body);
  std::string why;
  if (const auto* refused = std::get_if<protocol::Refused>(&event)) {
    why = "a message of " + std::to_string(refused->size) + " bytes is too large";
  } else {
    why = std::get<protocol::Malformed>(event).why;
  }
  log::warn(why);
  core_->client.send_body(protocol::error_body(std::nullopt, ErrorCode::kParseError, why));
}

void Session::handle_body(std::string_view body) {
  const auto incoming = protocol::parse_message(body);
  if (const auto* request = std::get_if<protocol::Request>(&incoming)) {
    core_->turn(request->method, [&] { on_request(*request); });
  } else if (const auto* notification = std::get_if<protocol::Notification>(&incoming)) {
    core_->turn(notification->method, [&] { on_notification(*notification); });
  } else if (const auto* response = std::get_if<protocol::Response>(&incoming)) {
    core_->turn("a response", [&] { core_->client.answered(*response); });
  } else {
    core_->turn("a bad message", [&] { on_invalid(std::get<protocol::Invalid>(incoming), body); });
  }
}

std::optional<Failure> Session::refusal(std::string_view method) const {
  const bool initialize = method == "initialize";
  switch (core_->phase) {
    case Phase::before_initialize:
      if (!initialize) return Failure{ErrorCode::kServerNotInitialized, "the first request must be `initialize`"};
      return std::nullopt;
    case Phase::running:
      if (initialize) return Failure{ErrorCode::kInvalidRequest, "`initialize` came before"};
      return std::nullopt;
    case Phase::after_shutdown:
    case Phase::ended:
      break;
  }
  return Failure{ErrorCode::kInvalidRequest, "the server was asked to shut down"};
}

void Session::on_request(const protocol::Request& request) {
  ++core_->counters.requests;
  core_->client.trace("Received request '" + request.method + "' - (" + protocol::to_string(request.id) + ")",
                      [&] { return details_of(request.params); });
  Reply reply = core_->requests.begin(request.id, request.method);
  if (const auto failure = refusal(request.method)) return reply.error(failure->code, failure->message);
  const auto* handler = router_.find_request(request.method);
  if (handler == nullptr) return reply.error(ErrorCode::kMethodNotFound, "unknown request `" + request.method + "`");
  if (reply.wanted()) (*handler)(*core_, request.params, std::move(reply));
}

void Session::on_notification(const protocol::Notification& notification) {
  ++core_->counters.notifications;
  const auto& method = notification.method;
  core_->client.trace("Received notification '" + method + "'", [&] { return details_of(notification.params); });
  const bool exit = method == "exit";
  if (core_->phase == Phase::before_initialize && !exit) return log::info("dropped before `initialize`: " + method);
  if (core_->phase == Phase::after_shutdown && !exit && method.rfind("$/", 0) != 0) return;
  if (const auto* handler = router_.find_notification(method)) return (*handler)(*core_, notification.params);
  if (method.rfind("$/", 0) != 0) log::info("unknown notification: " + method);
}

void Session::on_invalid(const protocol::Invalid& invalid, std::string_view body) {
  log::warn("bad message: " + invalid.why);
  if (invalid.answer) core_->client.send_body(protocol::error_body(invalid.id, invalid.code, invalid.why));
  if (invalid.code == ErrorCode::kParseError) distrust_documents_in(*core_, body);
}

}  // namespace surefoot::server

#include "server/session/reply.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/log.hpp"

namespace surefoot::server {

using protocol::ErrorCode;

Reply::Reply(Reply&& other) noexcept
    : requests_(std::exchange(other.requests_, nullptr)), ticket_(std::exchange(other.ticket_, 0)) {}

Reply& Reply::operator=(Reply&& other) noexcept {
  std::swap(requests_, other.requests_);
  std::swap(ticket_, other.ticket_);
  return *this;
}

Reply::~Reply() {
  if (!wanted()) return;
  try {
    error(ErrorCode::kInternalError, "internal error while handling " + requests_->find(ticket_)->method);
  } catch (const std::exception& failure) {
    log::error(std::string("could not answer a request: ") + failure.what());
  }
}

bool Reply::wanted() const { return requests_ != nullptr && requests_->find(ticket_) != nullptr; }

void Reply::result(const nlohmann::json& value) {
  if (wanted()) requests_->finish(ticket_, protocol::response_body(requests_->find(ticket_)->id, value));
}

void Reply::error(ErrorCode code, std::string_view message, const protocol::JsonValue& data) {
  if (wanted()) requests_->finish(ticket_, protocol::error_body(requests_->find(ticket_)->id, code, message, data));
}

std::stop_token Reply::stop() const {
  return wanted() ? requests_->find(ticket_)->stop.get_token() : std::stop_token();
}

Ticket Reply::release() {
  requests_ = nullptr;
  return std::exchange(ticket_, 0);
}

Reply Requests::begin(protocol::Id id, std::string method) {
  const Ticket ticket = next_++;
  open_.emplace(ticket, Open{std::move(id), std::move(method), std::stop_source()});
  Reply reply(this, ticket);
  if (open_.size() > kMaxOpen) reply.error(ErrorCode::kRequestFailed, "too many requests wait for an answer");
  return reply;
}

void Requests::cancel(const protocol::Id& id) {
  // The newest one, should a client use an id twice.
  const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](const auto& open) { return open.second.id == id; });
  if (found == open_.rend()) return;
  found->second.stop.request_stop();
  Reply(this, found->first).error(ErrorCode::kRequestCancelled, "cancelled by the client");
}

void Requests::finish(Ticket ticket, std::string_view body) {
  const auto found = open_.find(ticket);
  client_.trace("Sending response '" + found->second.method + "' - (" + protocol::to_string(found->second.id) + ")",
                [&] { return std::string(body); });
  open_.erase(found);
  client_.send_body(body);
}

const Requests::Open* Requests::find(Ticket ticket) const {
  const auto found = open_.find(ticket);
  return found == open_.end() ? nullptr : &found->second;
}

}  // namespace surefoot::server

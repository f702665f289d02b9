#pragma once
// Exactly one answer to every request, by type: a Reply answers once, and one that is dropped unanswered answers
// InternalError. Strand only; work on other threads carries a Ticket instead.

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "protocol/jsonrpc.hpp"
#include "server/session/client.hpp"

namespace surefoot::server {

class Requests;

/// Names an unanswered request.
using Ticket = std::uint64_t;

class Reply {
 public:
  Reply() = default;
  Reply(Reply&& other) noexcept;
  Reply& operator=(Reply&& other) noexcept;
  ~Reply();

  /// Does nothing if the request has been answered meanwhile, by its cancellation.
  void result(const nlohmann::json& value);
  void error(protocol::ErrorCode code, std::string_view message, const protocol::JsonValue& data = {});

  /// False if there is nobody to answer any more.
  bool wanted() const;
  /// Requested when the client cancels the request.
  std::stop_token stop() const;
  /// Lets go of the request without answering it: Requests::resume must give it back.
  Ticket release();

 private:
  friend class Requests;
  Reply(Requests* requests, Ticket ticket) : requests_(requests), ticket_(ticket) {}

  Requests* requests_ = nullptr;
  Ticket ticket_ = 0;
};

/// The client's requests that have no answer yet.
class Requests {
 public:
  /// More than this at once are refused.
  static constexpr std::size_t kMaxOpen = 1024;

  explicit Requests(Client& client) : client_(client) {}

  Reply begin(protocol::Id id, std::string method);
  /// Answers RequestCancelled at once; the work, if any, is told to stop and its result is not sent.
  void cancel(const protocol::Id& id);
  /// A Reply that does nothing if the request has been answered.
  Reply resume(Ticket ticket) { return Reply(this, ticket); }
  std::size_t open() const { return open_.size(); }

 private:
  friend class Reply;
  struct Open {
    protocol::Id id;
    std::string method;
    std::stop_source stop;
  };
  void finish(Ticket ticket, std::string_view body);
  const Open* find(Ticket ticket) const;

  Client& client_;
  std::map<Ticket, Open> open_;  // oldest first
  Ticket next_ = 1;
};

}  // namespace surefoot::server

#pragma once
// Which function handles which method. Handlers get decoded parameters: what does not decode is answered with
// InvalidParams and the JSON path, or logged for a notification.

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "protocol/decode.hpp"
#include "server/log.hpp"
#include "server/session/core.hpp"

namespace surefoot::server {

/// For methods whose parameters do not matter: anything decodes, absence included.
struct NoParams {};

class Router {
 public:
  using RequestHandler = std::function<void(Core&, const protocol::JsonValue& params, Reply)>;
  using NotificationHandler = std::function<void(Core&, const protocol::JsonValue& params)>;

  template <class Params>
  void request(std::string method, void (*handler)(Core&, const Params&, Reply)) {
    requests_[std::move(method)] = [handler](Core& core, const protocol::JsonValue& raw, Reply reply) {
      const auto params = protocol::decode<Params>(raw);
      if (!params) return reply.error(protocol::ErrorCode::kInvalidParams, params.error().message());
      handler(core, *params, std::move(reply));
    };
  }

  /// `undecodable`, if given, is told of parameters that were not understood.
  template <class Params>
  void notification(const std::string& method, void (*handler)(Core&, const Params&),
                    NotificationHandler undecodable = nullptr) {
    notifications_[method] = [=](Core& core, const protocol::JsonValue& raw) {
      const auto params = protocol::decode<Params>(raw);
      if (params) return handler(core, *params);
      log::warn(method + ": " + params.error().message());
      if (undecodable) undecodable(core, raw);
    };
  }

  /// Null if the method is unknown.
  const RequestHandler* find_request(const std::string& method) const { return find(requests_, method); }
  const NotificationHandler* find_notification(const std::string& method) const { return find(notifications_, method); }

 private:
  template <class Handler>
  static const Handler* find(const std::map<std::string, Handler>& handlers, const std::string& method) {
    const auto found = handlers.find(method);
    return found == handlers.end() ? nullptr : &found->second;
  }

  std::map<std::string, RequestHandler> requests_;
  std::map<std::string, NotificationHandler> notifications_;
};

}  // namespace surefoot::server

namespace surefoot::protocol {
inline void read(const Reader&, server::NoParams&) {}
}  // namespace surefoot::protocol

// JSON-RPC 2.0 as LSP 3.17 uses it ("Base Protocol"): telling messages apart, and writing them.
// Bodies only; framing.hpp puts them on the wire.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error_code.hpp"
#include "protocol/json.hpp"

namespace surefoot::protocol {

// The id of a request, kept exactly: 1 and "1" are two ids. Ordered and hashable (std::hash of std::variant).
using Id = std::variant<std::int64_t, std::string>;

// For logs: `7` or `"abc"`.
std::string to_string(const Id& id);
nlohmann::json id_to_json(const std::optional<Id>& id);  // null for none

struct Request {
  Id id;
  std::string method;
  JsonValue params;  // not present if the message has none; of any type, since its decoder says what is wrong with it
};

struct Notification {
  std::string method;
  JsonValue params;
};

struct ResponseError {
  ErrorCode code = ErrorCode::kUnknownErrorCode;  // may hold a value outside the enumerators, as sent by the client
  std::string message;
  JsonValue data;
};

// The client's answer to a request of ours.
struct Response {
  std::optional<Id> id;  // none: `null`, the client could not read what we sent
  JsonValue result;      // null for an error
  std::optional<ResponseError> error;
};

// A body that is none of these.
struct Invalid {
  std::optional<Id> id;  // the id to answer with; none: null
  ErrorCode code = ErrorCode::kInvalidRequest;
  std::string why;
  bool answer = true;  // false for what looks like a broken response: answering those could go on for ever
};

using Incoming = std::variant<Request, Notification, Response, Invalid>;

// Parses and classifies one body. Never throws.
//  - not JSON, not UTF-8, too deep: Invalid{kParseError, no id}
//  - a batch (LSP has none), no object, `jsonrpc` not "2.0", a method that is no string, an id that is neither a string
//    nor a whole number of 64 bits (null too): Invalid{kInvalidRequest}, with the id where there is a usable one
//  - a message with a method is a request if it has an `id` member, else a notification, whatever else it holds
Incoming parse_message(std::string_view body);

// The same for a parsed value; moves `params`, `result` and `data` out of it.
Incoming classify(nlohmann::json message);

// Bodies of outgoing messages. None throws; invalid UTF-8 becomes U+FFFD.
std::string response_body(const Id& id, const nlohmann::json& result);
std::string error_body(const std::optional<Id>& id, ErrorCode code, std::string_view message,
                       const JsonValue& data = {});
std::string notification_body(std::string_view method, const nlohmann::json& params);
std::string request_body(const Id& id, std::string_view method, const nlohmann::json& params);
std::string notification_body(std::string_view method);                           // without params
std::string notification_text(std::string_view method, std::string_view params);  // with params that are JSON already
std::string request_body(const Id& id, std::string_view method);                  // without params

}  // namespace surefoot::protocol

#include "protocol/jsonrpc.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::optional<Id> parse_id(const json& message) {
  const auto found = message.find("id");
  if (found == message.end()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_number_integer()) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > kMax) return std::nullopt;
  return found->get<std::int64_t>();
}

JsonValue take(json& message, const char* key) {
  const auto found = message.find(key);
  return found == message.end() ? JsonValue() : JsonValue(std::move(*found));
}

bool is_version_2(const json& message) {
  const auto found = message.find("jsonrpc");
  return found != message.end() && found->is_string() && found->get_ref<const std::string&>() == "2.0";
}

ErrorCode parse_error_code(const json& error) {
  const auto found = error.find("code");
  if (found == error.end() || !found->is_number_integer()) return ErrorCode::kUnknownErrorCode;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > std::numeric_limits<int>::max()) {
    return ErrorCode::kUnknownErrorCode;
  }
  const auto code = found->get<std::int64_t>();
  return code < std::numeric_limits<int>::min() ? ErrorCode::kUnknownErrorCode : static_cast<ErrorCode>(code);
}

// As much of it as is there: whoever waits for this answer must hear of it.
ResponseError parse_error(json& error) {
  ResponseError out;
  if (!error.is_object()) return out;
  out.code = parse_error_code(error);
  if (const auto text = error.find("message"); text != error.end() && text->is_string()) {
    out.message = text->get<std::string>();
  }
  out.data = take(error, "data");
  return out;
}

Incoming classify_call(json& message) {
  std::optional<Id> id = parse_id(message);
  json& method = message["method"];
  if (!method.is_string()) return Invalid{std::move(id), ErrorCode::kInvalidRequest, "`method` is not a string"};
  auto& name = method.get_ref<std::string&>();
  if (!message.contains("id")) return Notification{std::move(name), take(message, "params")};
  if (!id) return Invalid{std::nullopt, ErrorCode::kInvalidRequest, "`id` is neither a string nor a whole number"};
  return Request{std::move(*id), std::move(name), take(message, "params")};
}

Incoming classify_response(json& message) {
  std::optional<Id> id = parse_id(message);
  const auto raw_id = message.find("id");
  if (raw_id == message.end() || (!id && !raw_id->is_null())) {
    return Invalid{std::nullopt, ErrorCode::kInvalidRequest, "a response without a usable `id`", false};
  }
  Response out{std::move(id), {}, {}};
  if (const auto error = message.find("error"); error != message.end() && !error->is_null()) {
    out.error = parse_error(*error);
  } else {
    out.result = take(message, "result");
  }
  return out;
}

std::string body_start(const std::optional<Id>& id) { return R"({"jsonrpc":"2.0","id":)" + dump_json(id_to_json(id)); }

std::string call(std::string start, std::string_view method, const json* params) {
  start += R"(,"method":)" + dump_json(method);
  if (params != nullptr) start += R"(,"params":)" + dump_json(*params);
  return start + "}";
}

}  // namespace

std::string to_string(const Id& id) { return dump_json(id_to_json(id)); }

json id_to_json(const std::optional<Id>& id) {
  if (!id) return nullptr;
  return std::visit([](const auto& value) { return json(value); }, *id);
}

Incoming parse_message(std::string_view body) {
  auto parsed = parse_json(body);
  if (auto* error = std::get_if<JsonError>(&parsed)) {
    return Invalid{std::nullopt, ErrorCode::kParseError, std::move(error->why)};
  }
  return classify(std::move(*std::get_if<json>(&parsed)));
}

Incoming classify(json message) {
  if (message.is_array()) return Invalid{{}, ErrorCode::kInvalidRequest, "the language server protocol has no batches"};
  if (!message.is_object()) return Invalid{{}, ErrorCode::kInvalidRequest, "a message is an object"};
  const bool has_method = message.contains("method");
  const bool has_answer = message.contains("result") || message.contains("error");
  if (!is_version_2(message)) {
    return Invalid{parse_id(message), ErrorCode::kInvalidRequest, "`jsonrpc` is not \"2.0\"",
                   has_method || !has_answer};
  }
  if (has_method) return classify_call(message);
  if (has_answer) return classify_response(message);
  return Invalid{parse_id(message), ErrorCode::kInvalidRequest, "a message without `method`, `result` or `error`"};
}

std::string response_body(const Id& id, const json& result) {
  return body_start(id) + R"(,"result":)" + dump_json(result) + "}";
}

std::string error_body(const std::optional<Id>& id, ErrorCode code, std::string_view message, const JsonValue& data) {
  json error = {{"code", static_cast<int>(code)}, {"message", message}};
  if (data.present()) error["data"] = data.get();
  return body_start(id) + R"(,"error":)" + dump_json(error) + "}";
}

std::string notification_body(std::string_view method, const json& params) {
  return call(R"({"jsonrpc":"2.0")", method, &params);
}

std::string notification_text(std::string_view method, std::string_view params) {
  std::string out = R"({"jsonrpc":"2.0","method":)" + dump_json(method) + R"(,"params":)";
  out.reserve(out.size() + params.size() + 1);
  return out.append(params).append("}");
}

std::string notification_body(std::string_view method) { return call(R"({"jsonrpc":"2.0")", method, nullptr); }

std::string request_body(const Id& id, std::string_view method, const json& params) {
  return call(body_start(id), method, &params);
}

std::string request_body(const Id& id, std::string_view method) { return call(body_start(id), method, nullptr); }

}  // namespace surefoot::protocol

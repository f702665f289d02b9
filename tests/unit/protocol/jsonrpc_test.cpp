#include "protocol/jsonrpc.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>

#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::string describe(const JsonValue& value) { return value.present() ? dump_json(value.get()) : "absent"; }
std::string describe(const std::optional<Id>& id) { return dump_json(id_to_json(id)); }

std::string describe(const Request& m) {
  return "request " + to_string(m.id) + " " + m.method + " " + describe(m.params);
}
std::string describe(const Notification& m) { return "notification " + m.method + " " + describe(m.params); }
std::string describe(const Response& m) {
  if (!m.error) return "response " + describe(m.id) + " " + describe(m.result);
  return "error " + describe(m.id) + " " + std::to_string(static_cast<int>(m.error->code)) + " " + m.error->message +
         " " + describe(m.error->data);
}
std::string describe(const Invalid& m) {
  return std::string(m.answer ? "" : "silently ") + "invalid " + describe(m.id) + " " +
         std::to_string(static_cast<int>(m.code)) + " " + m.why;
}

std::string kind(const std::string& body) {
  return std::visit([](const auto& message) { return describe(message); }, parse_message(body));
}

struct Case {
  const char* body;
  const char* kind;
};

TEST_CASE("jsonrpc: what a body is") {
  const Case cases[] = {
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1}})", R"(request 1 m {"a":1})"},
      {R"({"jsonrpc":"2.0","id":"1","method":"m","params":[1]})", R"(request "1" m [1])"},
      {R"({"jsonrpc":"2.0","id":-7,"method":"m"})", "request -7 m absent"},
      {R"({"jsonrpc":"2.0","id":"","method":"m","params":null})", R"(request "" m null)"},
      {R"({"jsonrpc":"2.0","id":9223372036854775807,"method":"m"})", "request 9223372036854775807 m absent"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":5})", "request 1 m 5"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","result":5,"extra":[]})", "request 1 m absent"},
      {R"({"jsonrpc":"2.0","method":"m"})", "notification m absent"},
      {R"({"jsonrpc":"2.0","method":"","params":{}})", "notification  {}"},

      {R"({"jsonrpc":"2.0","id":1,"result":null})", "response 1 null"},
      {R"({"jsonrpc":"2.0","id":1,"result":{"a":[]},"error":null})", R"(response 1 {"a":[]})"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no","data":[1]}})", "error 1 -32601 no [1]"},
      {R"({"jsonrpc":"2.0","id":1,"result":null,"error":{"code":7,"message":"no"}})", "error 1 7 no absent"},
      {R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}})", "error null -32700 what? absent"},
      {R"({"jsonrpc":"2.0","id":1,"error":"bad"})", "error 1 -32001  absent"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":"x","message":5}})", "error 1 -32001  absent"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":99999999999}})", "error 1 -32001  absent"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":-99999999999}})", "error 1 -32001  absent"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":18446744073709551615}})", "error 1 -32001  absent"},

      {R"({"jsonrpc":"2.0","result":1})", "silently invalid null -32600 a response without a usable `id`"},
      {R"({"jsonrpc":"2.0","id":1.5,"result":1})", "silently invalid null -32600 a response without a usable `id`"},
      {R"({"id":1,"result":1})", "silently invalid 1 -32600 `jsonrpc` is not \"2.0\""},
      {R"({"id":1,"method":"m"})", "invalid 1 -32600 `jsonrpc` is not \"2.0\""},
      {R"({"jsonrpc":2.0,"id":"a","method":"m"})", "invalid \"a\" -32600 `jsonrpc` is not \"2.0\""},
      {R"({"jsonrpc":"1.0","method":"m"})", "invalid null -32600 `jsonrpc` is not \"2.0\""},
      {"{}", "invalid null -32600 `jsonrpc` is not \"2.0\""},
      {R"({"jsonrpc":"2.0","id":3})", "invalid 3 -32600 a message without `method`, `result` or `error`"},
      {R"({"jsonrpc":"2.0","id":3,"method":null})", "invalid 3 -32600 `method` is not a string"},
      {R"({"jsonrpc":"2.0","method":["m"]})", "invalid null -32600 `method` is not a string"},
      {R"({"jsonrpc":"2.0","id":null,"method":"m"})",
       "invalid null -32600 `id` is neither a string nor a whole number"},
      {R"({"jsonrpc":"2.0","id":1.0,"method":"m"})", "invalid null -32600 `id` is neither a string nor a whole number"},
      {R"({"jsonrpc":"2.0","id":[1],"method":"m"})", "invalid null -32600 `id` is neither a string nor a whole number"},
      {R"({"jsonrpc":"2.0","id":9223372036854775808,"method":"m"})",
       "invalid null -32600 `id` is neither a string nor a whole number"},
      {R"([{"jsonrpc":"2.0","id":1,"method":"m"}])", "invalid null -32600 the language server protocol has no batches"},
      {"[]", "invalid null -32600 the language server protocol has no batches"},
      {"5", "invalid null -32600 a message is an object"},
      {"\"m\"", "invalid null -32600 a message is an object"},
      {"null", "invalid null -32600 a message is an object"},

      {"", "invalid null -32700 not valid UTF-8 JSON, at byte 1"},
      {R"({"jsonrpc":"2.0")", "invalid null -32700 not valid UTF-8 JSON, at byte 17"},
      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xFF\"}", "invalid null -32700 not valid UTF-8 JSON, at byte 35"},
  };
  for (const Case& c : cases) {
    INFO(c.body);
    CHECK(kind(c.body) == c.kind);
  }
}

TEST_CASE("jsonrpc: bodies we write") {
  CHECK(response_body(Id(std::int64_t{1}), json{{"a", 1}}) == R"({"jsonrpc":"2.0","id":1,"result":{"a":1}})");
  CHECK(response_body(Id("x\"y"), nullptr) == R"({"jsonrpc":"2.0","id":"x\"y","result":null})");
  CHECK(error_body(Id(std::int64_t{2}), ErrorCode::kMethodNotFound, "no `m`") ==
        R"({"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"no `m`"}})");
  CHECK(error_body(std::nullopt, ErrorCode::kParseError, "?", JsonValue(json{{"retry", true}})) ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"data":{"retry":true},"message":"?"}})");
  CHECK(notification_body("m", json{{"a", nullptr}}) == R"({"jsonrpc":"2.0","method":"m","params":{"a":null}})");
  CHECK(notification_body("exit") == R"({"jsonrpc":"2.0","method":"exit"})");
  CHECK(request_body(Id("r1"), "m", json::array()) == R"({"jsonrpc":"2.0","id":"r1","method":"m","params":[]})");
  CHECK(request_body(Id(std::int64_t{3}), "m") == R"({"jsonrpc":"2.0","id":3,"method":"m"})");
}

TEST_CASE("jsonrpc: what we write is read as what it is") {
  CHECK(kind(response_body(Id("a"), 5)) == "response \"a\" 5");
  CHECK(kind(error_body(Id(std::int64_t{1}), ErrorCode::kInvalidParams, "x")) == "error 1 -32602 x absent");
  CHECK(kind(error_body(std::nullopt, ErrorCode::kParseError, "x")) == "error null -32700 x absent");
  CHECK(kind(notification_body("m", json::object())) == "notification m {}");
  CHECK(kind(request_body(Id(std::int64_t{1}), "m")) == "request 1 m absent");
}

TEST_CASE("jsonrpc: writing survives invalid UTF-8") {
  const std::string body = error_body(Id("\xFF"), ErrorCode::kInternalError, "\xC3(", JsonValue(json("\x80")));
  CHECK_THAT(kind(body), ContainsSubstring("error \"\xEF\xBF\xBD\" -32603 \xEF\xBF\xBD("));
  CHECK_THAT(notification_body("\xFE", json("\xFE")), ContainsSubstring("\xEF\xBF\xBD"));
}

TEST_CASE("jsonrpc: ids are kept apart and can be looked up") {
  CHECK(Id(std::int64_t{1}) != Id("1"));
  CHECK(to_string(Id(std::int64_t{1})) == "1");
  CHECK(to_string(Id("1")) == "\"1\"");
  const std::unordered_set<Id> ids = {Id(std::int64_t{1}), Id("1"), Id(std::int64_t{1})};
  CHECK(ids.size() == 2);
}

}  // namespace
}  // namespace surefoot::protocol

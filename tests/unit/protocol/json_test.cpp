#include "protocol/json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// The text written again, or `error: ` and why not.
std::string parsed(const std::string& text, JsonLimits limits = {}) {
  const auto result = parse_json(text, limits);
  if (const auto* error = std::get_if<JsonError>(&result)) return "error: " + error->why;
  return dump_json(std::get<json>(result));
}

std::string nested(std::size_t depth) { return repeat("[", depth) + repeat("]", depth); }

TEST_CASE("json: good texts") {
  CHECK(parsed(" {\"b\": [1, -2, 3.5, \"x\"], \"a\": null} ") == R"({"a":null,"b":[1,-2,3.5,"x"]})");
  CHECK(parsed("\"\\ud83d\\ude00\"") == "\"\xF0\x9F\x98\x80\"");
  CHECK(parsed(R"({"a":1,"a":2})") == R"({"a":2})");
  CHECK(parsed(R"("[[[[\"[[[")", {2, 10}) == R"("[[[[\"[[[")");
  CHECK(parsed("18446744073709551615") == "18446744073709551615");
}

TEST_CASE("json: broken texts name the byte") {
  CHECK(parsed("") == "error: not valid UTF-8 JSON, at byte 1");
  CHECK(parsed("{\"a\":}") == "error: not valid UTF-8 JSON, at byte 6");
  for (const char* text : {"{", "[1,]", "{\"a\" 1}", "nul", "01", "+1", "1e999", "'a'", "{} {}", "\"\\x\"", "\"a\nb\"",
                           "]", "\"\\ud80\"", "\"unterminated", "\"\\", "// {}", "NaN"}) {
    INFO(text);
    CHECK_THAT(parsed(text), ContainsSubstring("error: not valid UTF-8 JSON, at byte "));
  }
}

TEST_CASE("json: invalid UTF-8 is an error when read and replaced when written") {
  for (const char* text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF5\x80\x80\x80\"", "\"\xE2\x82\""}) {
    CHECK_THAT(parsed(text), ContainsSubstring("error: "));
  }
  CHECK(dump_json("a\xFF"
                  "b") ==
        "\"a\xEF\xBF\xBD"
        "b\"");
  CHECK(dump_json(json{{"\xC3", "\xE2\x82"}}) == "{\"\xEF\xBF\xBD\":\"\xEF\xBF\xBD\"}");
}

TEST_CASE("json: half an escaped surrogate pair is replaced, whole ones and escaped backslashes are not") {
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(parsed(R"("\uD83D")") == "\"" + replaced + "\"");
  CHECK(parsed(R"("a\ude00b\uD83D\uDE00")") == "\"a" + replaced + "b\xF0\x9F\x98\x80\"");
  CHECK(parsed(R"("\ud83d\ud83d\ude00\ude00")") == "\"" + replaced + "\xF0\x9F\x98\x80" + replaced + "\"");
  CHECK(parsed(R"(["\\ud83d", "\ud83d"])") == "[\"\\\\ud83d\",\"" + replaced + "\"]");
  CHECK_THAT(parsed(R"("\ud83d)"), ContainsSubstring("error: "));
}

TEST_CASE("json: a NUL does not hide what follows it") {
  CHECK(parsed(std::string("{}\0{}", 5)) == "error: a NUL at byte 2");
  CHECK(parsed(std::string("\"a\0b\"", 5)) == "error: a NUL at byte 2");
  CHECK(parsed("\"a\\u0000b\"") == "\"a\\u0000b\"");
}

TEST_CASE("json: nesting is limited before anything is built") {
  CHECK(parsed(nested(512)) == nested(512));
  CHECK(parsed(nested(513)) == "error: nested deeper than 512");
  CHECK(parsed("[" + repeat("[],", 600) + "[]]") == "[" + repeat("[],", 600) + "[]]");
  CHECK(parsed(repeat("{\"a\":", 600)) == "error: nested deeper than 512");
  CHECK(parsed(std::string(std::size_t{64} << 20, '[')) == "error: nested deeper than 512");
  CHECK(parsed(repeat("]", 100) + repeat("[", 400)) == "error: not valid UTF-8 JSON, at byte 1");
}

TEST_CASE("json: the number of values is limited before anything is built") {
  CHECK(parsed("[1,2,3]", {512, 4}) == "[1,2,3]");
  CHECK(parsed("[1,2,3,4]", {512, 4}) == "error: more than 4 values");
  CHECK(parsed(repeat("[],", std::size_t{5} << 20)) == "error: more than 4000000 values");
}

TEST_CASE("json: an absent value is not null, but reads as null") {
  const JsonValue absent;
  const JsonValue null{json(nullptr)};
  CHECK(!absent.present());
  CHECK(null.present());
  CHECK(absent.get().is_null());
  CHECK(!(absent == null));
  CHECK(JsonValue(json{{"a", 1}}) == JsonValue(json{{"a", 1}}));
  CHECK(!(JsonValue(json(1)) == JsonValue(json("1"))));
  CHECK(json(JsonValue(json{{"a", 1}})).dump() == R"({"a":1})");
}

}  // namespace
}  // namespace surefoot::protocol

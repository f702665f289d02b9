#include "protocol/decode.hpp"

#include <nlohmann/json.hpp>

#include "protocol/types_document.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

// A value, or the error in one line.
template <class T>
std::string outcome(const char* text) {
  const auto result = decode<T>(JsonValue(json::parse(text)), "p");
  return result ? "good" : result.error().message();
}

TEST_CASE("decode: numbers stay inside the protocol's ranges") {
  CHECK(outcome<std::uint32_t>("0") == "good");
  CHECK(outcome<std::uint32_t>("2147483647") == "good");
  for (const char* text : {"-1", "2147483648", "1.0", "1e3", "18446744073709551615", "1e300", "-9223372036854775808"}) {
    INFO(text);
    CHECK_THAT(outcome<std::uint32_t>(text), ContainsSubstring("p must be a whole number from 0 to 2147483647, is "));
  }
  CHECK(outcome<std::uint32_t>("-1") == "p must be a whole number from 0 to 2147483647, is -1");
  CHECK(outcome<std::uint32_t>("1.5") == "p must be a whole number from 0 to 2147483647, is 1.5");
  CHECK(outcome<std::uint32_t>("\"1\"") == "p must be a whole number from 0 to 2147483647, is a string");
  CHECK(outcome<std::uint32_t>("null") == "p is missing");
  CHECK(outcome<std::int32_t>("-2147483648") == "good");
  CHECK(outcome<std::int32_t>("-2147483649") ==
        "p must be a whole number from -2147483648 to 2147483647, is -2147483649");
  CHECK(outcome<std::int64_t>("9223372036854775807") == "good");
  CHECK_THAT(outcome<std::int64_t>("9223372036854775808"), ContainsSubstring("is 9223372036854775808"));
}

TEST_CASE("decode: types are told apart") {
  CHECK(outcome<std::string>("true") == "p must be a string, is a boolean");
  CHECK(outcome<std::string>("[]") == "p must be a string, is an array");
  CHECK(outcome<bool>("{}") == "p must be a boolean, is an object");
  CHECK(outcome<bool>("0") == "p must be a boolean, is 0");
  CHECK(outcome<Position>("[1]") == "p must be an object, is an array");
  CHECK(outcome<Position>("7") == "p must be an object, is 7");
  using IntegerOrString = std::variant<std::int64_t, std::string>;
  CHECK(outcome<IntegerOrString>("\"a\"") == "good");
  CHECK(outcome<IntegerOrString>("-3") == "good");
  CHECK(outcome<IntegerOrString>("true") == "p must be a string or a whole number, is a boolean");
  CHECK_THAT(outcome<IntegerOrString>("0.5"), ContainsSubstring("is 0.5"));
}

TEST_CASE("decode: the path leads to the place") {
  using Params = DidChangeTextDocumentParams;
  CHECK(outcome<Params>(R"({"textDocument":{"uri":5}})") == "p.textDocument.uri must be a string, is 5");
  CHECK(outcome<Params>(
            R"({"textDocument":{"uri":"u"},"contentChanges":[{"text":""},{"range":{"start":{"line":0,"character":0},
        "end":{"line":-1,"character":0}},"text":""}]})") ==
        "p.contentChanges[1].range.end.line must be a whole number from 0 to 2147483647, is -1");
  CHECK(outcome<Params>(R"({"textDocument":{"uri":"u"},"contentChanges":[{"text":""},3]})") ==
        "p.contentChanges[1] must be an object, is 3");
}

TEST_CASE("decode: of missing places inside each other the outermost is named") {
  using Params = DidChangeTextDocumentParams;
  CHECK(outcome<Params>("{}") == "p.textDocument is missing");
  CHECK(outcome<Params>(R"({"textDocument":{}})") == "p.textDocument.uri is missing");
  CHECK(outcome<Params>(R"({"textDocument":null})") == "p.textDocument is missing");
  CHECK(outcome<Params>(R"({"textDocument":{"uri":"u"}})") == "p.contentChanges is missing");
  CHECK(outcome<Params>("null") == "p is missing");
  CHECK(decode<Params>(JsonValue()).error() == DecodeError{"params", "is missing"});
  CHECK(decode<Params>(JsonValue()).error().message() == "params is missing");
}

TEST_CASE("decode: the first error counts") {
  CHECK(outcome<Range>(R"({"start":{"line":-1,"character":-2},"end":5})") ==
        "p.start.line must be a whole number from 0 to 2147483647, is -1");
}

TEST_CASE("decode: lists and objects") {
  std::optional<DecodeError> error;
  const json value =
      json::parse(R"({"list":["a","b"],"none":null,"flag":true,"empty":[],"object":{"y":1,"x":2},"braces":{}})");
  const Reader in(&value, "p", error);
  CHECK(in["list"].list<std::string>() == std::vector<std::string>{"a", "b"});
  CHECK(in["list"].has_string("b"));
  CHECK(!in["list"].has_string("c"));
  CHECK(!in["flag"].has_string("b"));
  CHECK(in["none"].list_or_empty<std::string>().empty());
  CHECK(!in["none"].optional_list<std::string>());
  CHECK(in["absent"].value_or(std::string("x")) == "x");
  CHECK(in["flag"].flag());
  CHECK(!in["list"].flag());
  CHECK(in["object"].keys() == std::vector<std::string>{"x", "y"});
  CHECK(in["none"].raw().present());
  CHECK(!in["absent"].raw().present());
  CHECK(!error);

  SECTION("an empty array passes for an empty object, and the other way round") {
    CHECK(!in["empty"]["x"].present());
    CHECK(in["empty"].keys().empty());
    CHECK(in["braces"].list<std::string>().empty());
    CHECK(!error);
  }
  SECTION("a list of the wrong things") {
    in["list"].list<bool>();
    CHECK(error == DecodeError{"p.list[0]", "must be a boolean, is a string"});
  }
  SECTION("no list") {
    in["flag"].list<bool>();
    CHECK(error == DecodeError{"p.flag", "must be an array, is a boolean"});
  }
  SECTION("no object") {
    in["list"].keys();
    CHECK(error == DecodeError{"p.list", "must be an object, is an array"});
  }
}

TEST_CASE("decode: odd keys are quoted in the path, long ones cut") {
  std::optional<DecodeError> error;
  const json value = json::object();
  const Reader in(&value, "params", error);
  CHECK(in["a.b"].path() == R"(params["a.b"])");
  CHECK(in["\xFF"].path() == "params[\"\xEF\xBF\xBD\"]");
  CHECK(in[""].path() == R"(params[""])");
  CHECK(in[std::string(5000, '/')].path().size() < 120);
}

}  // namespace
}  // namespace surefoot::protocol

// Position encodings × line endings × beginnings of the file, with characters of one to four bytes: ranges out, edits
// in and edits out are exact in all of them.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using protocol::PositionEncoding;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

json capabilities_with(PositionEncoding encoding) {
  json out = test::modern_capabilities();
  out["general"] = {{"positionEncodings", json::array({protocol::to_string(encoding)})}};
  if (encoding == PositionEncoding::kUtf16) out.erase("general");
  return out;
}

/// Columns of `text` counted by hand, apart from the code under test.
int width(std::string_view text, PositionEncoding encoding) {
  int out = 0;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    const bool starts = (value & 0xC0U) != 0x80U;
    const bool astral = value >= 0xF0U;
    if (encoding == PositionEncoding::kUtf8) ++out;
    if (encoding == PositionEncoding::kUtf16 && starts) out += astral ? 2 : 1;
    if (encoding == PositionEncoding::kUtf32 && starts) ++out;
  }
  return out;
}

json position(int line, int character) { return {{"line", line}, {"character", character}}; }

}  // namespace

TEST_CASE("ranges and edits are exact in every encoding, line ending and beginning", "[session]") {
  const auto encoding = GENERATE(PositionEncoding::kUtf8, PositionEncoding::kUtf16, PositionEncoding::kUtf32);
  const std::string eol = GENERATE("\n", "\r\n", "\r");
  const std::string begin = GENERATE("", "\xEF\xBB\xBF", "\xEF\xBB\xBF# 😀");
  CAPTURE(protocol::to_string(encoding), eol, begin);

  const std::string before = "é😀漢 = '";
  std::string text = begin + eol + before + "BAD' # 𝒳" + eol + "x";
  FakeClient client;
  const auto offered = client.initialize(capabilities_with(encoding));
  CHECK(offered["capabilities"]["positionEncoding"] == protocol::to_string(encoding));
  client.open(kUri, text);
  const int column = width(before, encoding);
  const json found = {{"start", position(1, column)}, {"end", position(1, column + 3)}};
  REQUIRE(client.published(kUri)["diagnostics"].size() == 1);
  CHECK(client.published(kUri)["diagnostics"][0]["range"] == found);

  SECTION("an edit of the client's lands where it meant") {
    const int accent = width("é", encoding);
    const int face = width("😀", encoding);
    client.change(kUri, 2, {1, accent, 1, accent + face}, "🎉é" + eol);
    text.replace(text.find("é😀漢") + 2, 4, "🎉é" + eol);
    CHECK(client.session().core().documents.find(kUri)->text.bytes() == text);
    const int moved = width("漢 = '", encoding);
    CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"] == position(2, moved));
  }
  SECTION("an edit of ours cures what it means to") {
    const auto actions = client.call(
        "textDocument/codeAction",
        {{"textDocument", {{"uri", kUri}}}, {"range", found}, {"context", {{"diagnostics", json::array()}}}});
    REQUIRE_FALSE(actions.empty());
    const auto edit = client.call("codeAction/resolve", actions[0])["edit"];
    const auto at = text.find("BAD");
    CHECK(test::apply(edit, text, encoding) == text.substr(0, at) + "GOOD" + text.substr(at + 3));
    CHECK(edit["documentChanges"][0]["edits"][0]["range"] == found);
  }
  SECTION("a hover knows where it stands") {
    const auto hover =
        client.call("textDocument/hover", {{"textDocument", {{"uri", kUri}}}, {"position", position(1, column + 1)}});
    CHECK(hover["range"] == found);
  }
}

TEST_CASE("of the encodings offered the cheapest is taken, in whatever order", "[session]") {
  const auto agreed = [](const json& offered) {
    FakeClient client;
    return client.initialize({{"general", {{"positionEncodings", offered}}}})["capabilities"]["positionEncoding"];
  };
  CHECK(agreed({"utf-32", "utf-16", "utf-8"}) == "utf-8");
  CHECK(agreed({"utf-16", "utf-32"}) == "utf-32");
  CHECK(agreed({"utf-16"}) == "utf-16");
  CHECK(agreed({"ebcdic"}) == "utf-16");
  CHECK(agreed(json::array()) == "utf-16");
  CHECK(agreed("utf-8") == "utf-16");
}

TEST_CASE("an emoji that comes in halves leaves positions right", "[session]") {
  FakeClient client;
  client.initialize();
  client.open(kUri, "BAD");
  const auto insert = [&](int version, int character, const std::string& escaped) {
    const auto at = json(position(0, character)).dump();
    client.feed(protocol::frame(
        R"({"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":")" + kUri +
        R"(","version":)" + std::to_string(version) + R"(},"contentChanges":[{"range":{"start":)" + at + R"(,"end":)" +
        at + R"(},"text":")" + escaped + R"("}]}})"));
  };
  insert(2, 0, "\\ud83d");
  CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"] == position(0, 1));
  insert(3, 1, "\\ude00");
  CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"] == position(0, 2));
  CHECK(client.received("window/showMessage").empty());
}

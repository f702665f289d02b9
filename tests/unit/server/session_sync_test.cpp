// Documents: edits, versions, what happens when the two sides no longer agree.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

json starts(const json& published) {
  json out = json::array();
  for (const auto& diagnostic : published["diagnostics"]) {
    const auto& start = diagnostic["range"]["start"];
    out.push_back({start["line"], start["character"]});
  }
  return out;
}

std::string text_of(FakeClient& client) {
  return std::string(client.session().core().documents.find(kUri)->text.bytes());
}

struct Opened : FakeClient {
  explicit Opened(std::string_view text) {
    initialize();
    open(kUri, text);
  }
};

}  // namespace

TEST_CASE("what is opened is published with its version", "[session]") {
  Opened client("x = 1\ny = BAD\n");
  const auto published = client.published(kUri);
  CHECK(published["version"] == 1);
  CHECK(starts(published) == json::array({{1, 4}}));
  const auto& diagnostic = published["diagnostics"][0];
  CHECK(diagnostic["source"] == "surefoot");
  CHECK(diagnostic["code"] == "RT101");
  CHECK(diagnostic["severity"] == 2);
}

TEST_CASE("a batch of changes is applied in order, each on the text before it", "[session]") {
  Opened client("one\ntwo\nthree\n");
  const auto change = [](int line, int from, int to, const char* text) {
    return json{
        {"range", {{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", line}, {"character", to}}}}},
        {"text", text}};
  };
  client.notify("textDocument/didChange", {{"textDocument", {{"uri", kUri}, {"version", 2}}},
                                           {"contentChanges", json::array({change(0, 0, 3, "first\nsecond"),
                                                                           change(1, 0, 6, "2"),
                                                                           {{"text", "whole\nBAD"}},
                                                                           change(1, 3, 3, "DER BAD")})}});
  CHECK(text_of(client) == "whole\nBADDER BAD");
  CHECK(client.published(kUri)["version"] == 2);
  CHECK(starts(client.published(kUri)) == json::array({{1, 0}, {1, 7}}));
}

TEST_CASE("positions past the end of a line or text are clamped", "[session]") {
  Opened client("ab\ncd");
  client.change(kUri, 2, {0, 99, 0, 99}, "X");
  CHECK(text_of(client) == "abX\ncd");
  client.change(kUri, 3, {2, 0, 2, 0}, "\nBAD");
  CHECK(text_of(client) == "abX\ncd\nBAD");
  client.change(kUri, 4, {0, 0, 7, 3}, "");
  CHECK(text_of(client).empty());
  CHECK(client.received("window/showMessage").empty());
}

TEST_CASE("every change of a document is answered by a publication, also an identical one", "[session]") {
  Opened client("x = BAD\n");
  for (int version = 2; version < 6; ++version) {
    client.change(kUri, version, {1, 0, 1, 0}, "\n");
    CHECK(client.published(kUri)["version"] == version);
  }
  CHECK(client.publications(kUri) == 5);
}

TEST_CASE("a document out of step is silent, said once, until its whole text comes", "[session]") {
  Opened client("BAD\n");
  const auto broken = GENERATE(0, 1, 2, 3);
  if (broken == 0) client.change(kUri, 0, {0, 0, 0, 0}, "x");  // a version from the past
  if (broken == 1) client.change(kUri, 2, {5, 0, 6, 0}, "x");  // beyond the text
  if (broken == 2) client.change(kUri, 2, {0, 3, 0, 1}, "x");  // ends before it starts
  if (broken == 3) client.notify("textDocument/didChange", {{"textDocument", {{"uri", kUri}, {"version", 2}}}});
  CHECK(client.published(kUri)["diagnostics"].empty());
  const auto published = client.publications(kUri);
  client.change(kUri, 3, {0, 0, 0, 0}, "BAD ");
  client.change(kUri, 4, {9, 0, 9, 0}, "BAD ");
  CHECK(client.publications(kUri) == published);
  CHECK(client.received("window/showMessage").size() == 1);
  CHECK(client
            .call("textDocument/hover",
                  {{"textDocument", {{"uri", kUri}}}, {"position", {{"line", 0}, {"character", 1}}}})
            .is_null());

  client.replace(kUri, 5, "\nBAD");
  CHECK(starts(client.published(kUri)) == json::array({{1, 0}}));
  CHECK(client.published(kUri)["version"] == 5);
  client.change(kUri, 6, {0, 0, 0, 0}, "\n");
  CHECK(starts(client.published(kUri)) == json::array({{2, 0}}));
}

TEST_CASE("an edit that is no JSON puts its document out of step", "[session]") {
  Opened client("BAD\n");
  client.open("file:///project/other.py", "BAD\n");
  client.feed(
      protocol::frame(R"({"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":")" + kUri +
                      R"(","version":2},"contentChanges":[{"text":"\x"}]}})"));
  CHECK(client.published(kUri)["diagnostics"].empty());
  CHECK(client.published("file:///project/other.py")["diagnostics"].size() == 1);
}

TEST_CASE("changes without a version, or always the same, are taken", "[session]") {
  Opened client("BAD\n");
  for (const json& version : {json(nullptr), json(1), json(1)}) {
    client.notify(
        "textDocument/didChange",
        {{"textDocument", {{"uri", kUri}, {"version", version}}},
         {"contentChanges",
          json::array(
              {{{"range", {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 0}, {"character", 0}}}}},
                {"text", "x"}}})}});
  }
  CHECK(text_of(client) == "xxxBAD\n");
  CHECK(starts(client.published(kUri)) == json::array({{0, 3}}));
}

TEST_CASE("closing takes the diagnostics back, and reopening starts afresh", "[session]") {
  Opened client("BAD\n");
  client.close(kUri);
  CHECK(client.published(kUri)["diagnostics"].empty());
  const auto count = client.publications(kUri);
  client.change(kUri, 2, {0, 0, 0, 0}, "x");
  client.close(kUri);
  CHECK(client.publications(kUri) == count);
  client.open(kUri, "\n\nBAD", 1);
  CHECK(starts(client.published(kUri)) == json::array({{2, 0}}));
  client.open(kUri, "\nBAD", 1);
  CHECK(starts(client.published(kUri)) == json::array({{1, 0}}));
}

TEST_CASE("only Python is analysed, by the language the client names", "[session]") {
  FakeClient client;
  client.initialize();
  client.open("file:///project/app.js", "BAD", 1, "javascript");
  client.change("file:///project/app.js", 2, {0, 0, 0, 0}, "BAD ");
  CHECK(client.received("textDocument/publishDiagnostics").empty());
  client.open("file:///project/script", "BAD", 1, "python");
  CHECK(client.published("file:///project/script")["diagnostics"].size() == 1);
  client.open("file:///project/unsaid.py", "BAD", 1, "");
  CHECK(client.published("file:///project/unsaid.py")["diagnostics"].size() == 1);
  client.open("file:///project/unsaid.toml", "BAD", 1, "");
  CHECK(client.publications("file:///project/unsaid.toml") == 0);
}

TEST_CASE("documents that are no files are analysed in memory", "[session]") {
  FakeClient client;
  client.initialize();
  for (const char* uri : {"untitled:Untitled-1", "vscode-notebook-cell:/a.ipynb#W0", "git:/a.py?{\"x\":1}", "odd"}) {
    client.open(uri, "BAD");
    CHECK(client.published(uri)["diagnostics"].size() == 1);
    client.change(uri, 2, {0, 0, 0, 3}, "");
    CHECK(client.published(uri)["diagnostics"].empty());
  }
}

TEST_CASE("URIs are answered in the client's spelling and found in any other", "[session]") {
  FakeClient client;
  client.initialize();
  const std::string opened = "file:///project/%61%20b%23/%C3%A9%3A.py";
  client.open(opened, "BAD");
  CHECK(client.published(opened)["diagnostics"].size() == 1);
  client.change("file:///project/x/../a%20b%23/é:.py", 2, {0, 0, 0, 0}, "BAD ");
  CHECK(client.published(opened)["diagnostics"].size() == 2);
}

TEST_CASE("line endings and a byte order mark stay as they are", "[session]") {
  Opened client("\xEF\xBB\xBF# é\r\nx = 1\ry = BAD\n");
  CHECK(starts(client.published(kUri)) == json::array({{2, 4}}));
  client.change(kUri, 2, {1, 0, 1, 0}, "é");
  CHECK(text_of(client) == "\xEF\xBB\xBF# é\r\néx = 1\ry = BAD\n");
}

TEST_CASE("ten thousand edits leave no trace", "[session]") {
  Opened client("BAD\n");
  for (int i = 0; i < 10000; ++i) {
    if (i % 2 == 0) client.change(kUri, i + 2, {0, 0, 0, 0}, "é");
    if (i % 2 == 1) client.change(kUri, i + 2, {0, 0, 0, 1}, "");
  }
  CHECK(text_of(client) == "BAD\n");
  CHECK(client.published(kUri)["version"] == 10001);
  CHECK(client.publications(kUri) == 10001);
  const auto* document = client.session().core().documents.find(kUri);
  CHECK(document->edits.empty());
  CHECK(document->waiters.empty());
  CHECK(client.session().core().requests.open() == 0);
  CHECK(client.engine->analyzed == 1);
  CHECK(client.engine->reanalyzed == 10000);
}

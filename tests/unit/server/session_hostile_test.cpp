// A recorded session whose messages are mangled at random: no crash, and one answer for each request, whatever it is.
#include <random>

#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

json place(int line, int character) { return {{"line", line}, {"character", character}}; }

/// Messages that touch every handler.
std::vector<json> recorded_session() {
  const json document = {{"uri", kUri}};
  const json range = {{"start", place(0, 0)}, {"end", place(0, 3)}};
  const json data = {{"v", 1},
                     {"uri", kUri},
                     {"cure", "fix"},
                     {"rule", "RT101"},
                     {"nth", 0},
                     {"fingerprint", "0000000000000007"},
                     {"title", "Write GOOD"}};
  return {
      {{"method", "textDocument/didOpen"},
       {"params",
        {{"textDocument", {{"uri", kUri}, {"languageId", "python"}, {"version", 1}, {"text", "BAD é\nRISKY\n"}}}}}},
      {{"method", "textDocument/didChange"},
       {"params",
        {{"textDocument", {{"uri", kUri}, {"version", 2}}},
         {"contentChanges", json::array({{{"range", range}, {"text", "x BAD"}}, {{"text", "BAD\nSTUCK CHAIN\n"}}})}}}},
      {{"id", 1},
       {"method", "textDocument/hover"},
       {"params", {{"textDocument", document}, {"position", place(0, 1)}}}},
      {{"id", 2},
       {"method", "textDocument/codeAction"},
       {"params",
        {{"textDocument", document},
         {"range", range},
         {"context",
          {{"diagnostics", json::array({{{"range", range}, {"message", "m"}, {"code", "RT101"}, {"data", data}}})},
           {"only", {"quickfix", "source"}},
           {"triggerKind", 1}}}}}},
      {{"id", 3},
       {"method", "codeAction/resolve"},
       {"params", {{"title", "Write GOOD"}, {"kind", "quickfix"}, {"data", data}}}},
      {{"id", 4},
       {"method", "textDocument/diagnostic"},
       {"params", {{"textDocument", document}, {"previousResultId", "x"}}}},
      {{"id", 5},
       {"method", "workspace/executeCommand"},
       {"params", {{"command", "surefoot.applyFix"}, {"arguments", json::array({data})}}}},
      {{"id", 6}, {"method", "workspace/executeCommand"}, {"params", {{"command", "surefoot.debugInformation"}}}},
      {{"method", "workspace/didChangeConfiguration"},
       {"params", {{"settings", {{"surefoot", {{"ignore", {"RT116"}}, {"severity", {{"RT101", "error"}}}}}}}}}},
      {{"method", "workspace/didChangeWatchedFiles"},
       {"params", {{"changes", json::array({{{"uri", "file:///project/pyproject.toml"}, {"type", 1}}})}}}},
      {{"method", "workspace/didChangeWorkspaceFolders"},
       {"params",
        {{"event",
          {{"added", json::array({{{"uri", "file:///project"}, {"name", "p"}}})}, {"removed", json::array()}}}}}},
      {{"method", "textDocument/didSave"}, {"params", {{"textDocument", document}}}},
      {{"method", "$/setTrace"}, {"params", {{"value", "off"}}}},
      {{"method", "$/cancelRequest"}, {"params", {{"id", 2}}}},
      {{"id", 1}, {"result", json::array({{{"ignore", {"RT101"}}}})}},
      {{"method", "textDocument/didClose"}, {"params", {{"textDocument", document}}}},
  };
}

class Mangler {
 public:
  explicit Mangler(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  /// Changes one place in the value.
  void mangle(json& value) {
    if (value.is_structured() && !value.empty() && below(5) != 0) {
      auto child = value.begin();
      std::advance(child, static_cast<std::ptrdiff_t>(below(value.size())));
      if (below(8) == 0) {
        value.erase(child);
      } else {
        mangle(*child);
      }
      return;
    }
    value = odd_value();
  }

 private:
  json odd_value() {
    static const std::vector<json> odd = {nullptr,
                                          true,
                                          0,
                                          -1,
                                          1,
                                          2147483647,
                                          4294967296,
                                          -9223372036854775807,
                                          1e300,
                                          0.5,
                                          "",
                                          "x",
                                          "file:///",
                                          "file:///project/app.py",
                                          "untitled:1",
                                          "%",
                                          "é😀",
                                          "source",
                                          json::array(),
                                          json::object(),
                                          json::array({nullptr}),
                                          json{{"uri", "x"}},
                                          json::array({json::array({json::array()})}),
                                          std::string(5000, 'a')};
    return odd[below(odd.size())];
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("mangled messages crash nothing and every request is answered once", "[session]") {
  const auto messages = recorded_session();
  Mangler mangler(20261121);
  for (int round = 0; round < 400; ++round) {
    FakeClient client;
    client.initialize(round % 2 == 0 ? test::modern_capabilities() : test::pulling_capabilities());
    std::map<std::string, std::size_t> expected;
    for (auto message : messages) {
      message["jsonrpc"] = "2.0";
      const bool request = message.contains("method") && message.contains("id");
      if (request) message["id"] = "r" + std::to_string(expected.size());
      if (message.contains("params") && mangler.below(3) == 0) mangler.mangle(message["params"]);
      if (message.contains("result")) mangler.mangle(message["result"]);
      if (request) ++expected[message["id"]];
      client.send(message);
    }
    for (const auto& [id, count] : expected) {
      CAPTURE(round, id);
      CHECK(client.responses(id).size() == count);
    }
    CHECK(client.session().core().requests.open() == 0);
    CHECK_FALSE(client.session().finished());
    CHECK(client.call("shutdown").is_null());
  }
}

TEST_CASE("initialize survives parameters of any shape", "[session]") {
  const json params = {{"processId", 1},
                       {"clientInfo", {{"name", "x"}, {"version", "1"}}},
                       {"rootUri", "file:///project"},
                       {"rootPath", "/project"},
                       {"capabilities", test::pulling_capabilities()},
                       {"initializationOptions", {{"settings", {{"select", {"RT"}}}}}},
                       {"trace", "off"},
                       {"workspaceFolders", json::array({{{"uri", "file:///project"}, {"name", "p"}}})}};
  Mangler mangler(7);
  for (int round = 0; round < 1000; ++round) {
    FakeClient client;
    auto mangled = params;
    for (std::size_t i = mangler.below(4); i < 4; ++i) mangler.mangle(mangled);
    const auto response = client.request("initialize", mangled);
    CAPTURE(mangled.dump(), response.dump());
    CHECK((response.contains("result") || response["error"]["code"] == -32602));
    client.notify("initialized");
    client.open(kUri, "BAD");
    client.notify("exit");
    CHECK(client.session().finished());
  }
}

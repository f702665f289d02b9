// Code actions: which are offered, and that their edits are always today's.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using protocol::PositionEncoding;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

json range_of(int line, int from, int to) {
  return {{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", line}, {"character", to}}}};
}

struct Editor : FakeClient {
  explicit Editor(std::string_view text, const json& capabilities = test::modern_capabilities()) {
    initialize(capabilities);
    open(kUri, text);
  }

  json actions(const json& range, json context = json::object()) {
    if (!context.contains("diagnostics")) context["diagnostics"] = json::array();
    return call("textDocument/codeAction", {{"textDocument", {{"uri", kUri}}}, {"range", range}, {"context", context}});
  }
};

std::vector<std::string> titles(const json& actions) {
  std::vector<std::string> out;
  for (const auto& action : actions) out.push_back(action["title"]);
  return out;
}

json find(const json& actions, std::string_view title) {
  for (const auto& action : actions) {
    if (action["title"] == title) return action;
  }
  return nullptr;
}

json without(json capabilities, const char* area, const char* name, const char* member) {
  capabilities[area][name].erase(member);
  return capabilities;
}

json inline_capabilities() {
  return without(test::modern_capabilities(), "textDocument", "codeAction", "resolveSupport");
}

const std::vector<std::string> kForBad = {"Write GOOD", "Write FINE", "Suppress RT101 on this line",
                                          "Apply all safe fixes in this file"};

}  // namespace

TEST_CASE("fixes are offered where a finding is touched, and anywhere on the cursor's line", "[session]") {
  Editor client("x = 1\nyy = BAD + 1\n");
  CHECK(titles(client.actions(range_of(1, 5, 8))) == kForBad);
  CHECK(titles(client.actions(range_of(1, 6, 6))) == kForBad);
  CHECK(titles(client.actions(range_of(1, 0, 0))) == kForBad);
  CHECK(titles(client.actions(range_of(1, 8, 9))) == kForBad);
  CHECK(titles(client.actions(range_of(1, 9, 10))) == std::vector<std::string>{kForBad.back()});
  CHECK(titles(client.actions(range_of(0, 1, 1))) == std::vector<std::string>{kForBad.back()});
}

TEST_CASE("what the cursor is on comes first", "[session]") {
  Editor client("RISKY BAD\n");
  CHECK(titles(client.actions(range_of(0, 7, 7)))[0] == "Write GOOD");
  CHECK(titles(client.actions(range_of(0, 2, 2)))[0] == "Write SAFE");
}

TEST_CASE("a fix is preferred exactly if it is the only safe one", "[session]") {
  Editor client("BAD\nTWICE\nRISKY\n");
  const auto preferred = [&](int line, const char* title) {
    return find(client.actions(range_of(line, 0, 0)), title).value("isPreferred", false);
  };
  CHECK(preferred(0, "Write GOOD"));
  CHECK_FALSE(preferred(0, "Write FINE"));
  CHECK_FALSE(preferred(1, "Write ONE"));
  CHECK_FALSE(preferred(1, "Write TWO"));
  CHECK_FALSE(preferred(2, "Write SAFE"));
  CHECK_FALSE(preferred(0, "Suppress RT101 on this line"));
}

TEST_CASE("a fix that users would expect says why it is missing", "[session]") {
  Editor client("\nSTUCK\nCHAIN\n");
  const auto stuck = find(client.actions(range_of(1, 0, 0)), "Fix RT202");
  CHECK(stuck["disabled"]["reason"] == "it is stuck on line 2");
  CHECK_FALSE(stuck.contains("edit"));
  CHECK(titles(client.actions(range_of(2, 0, 0))) == std::vector<std::string>{"Suppress RT401 on this line"});
  CHECK(find(client.actions(range_of(1, 0, 0), {{"triggerKind", 2}}), "Fix RT202").is_null());

  Editor older("STUCK\n", without(test::modern_capabilities(), "textDocument", "codeAction", "disabledSupport"));
  CHECK(titles(older.actions(range_of(0, 0, 0))) == std::vector<std::string>{"Suppress RT202 on this line"});
}

TEST_CASE("only what was asked for is offered, by whole parts of kinds", "[session]") {
  Editor client("BAD\n");
  const auto kinds = [&](const char* only) {
    std::set<std::string> out;
    for (const auto& action : client.actions(range_of(0, 0, 3), {{"only", {only}}})) out.insert(action["kind"]);
    return out;
  };
  using Kinds = std::set<std::string>;
  CHECK(kinds("quickfix") == Kinds{"quickfix"});
  CHECK(kinds("source") == Kinds{"source.fixAll.surefoot"});
  CHECK(kinds("source.fixAll") == Kinds{"source.fixAll.surefoot"});
  CHECK(kinds("source.fixAll.surefoot") == Kinds{"source.fixAll.surefoot"});
  CHECK(kinds("") == Kinds{"quickfix", "source.fixAll.surefoot"});
  CHECK(kinds("source.fixAll.ruff").empty());
  CHECK(kinds("source.organizeImports").empty());
  CHECK(kinds("sour").empty());
  CHECK(kinds("quick").empty());
  CHECK(kinds("refactor").empty());
}

TEST_CASE("while typing only quick fixes are offered", "[session]") {
  Editor client("BAD BAD\n");
  CHECK(titles(client.actions(range_of(0, 0, 3), {{"triggerKind", 2}})) ==
        std::vector<std::string>{"Write GOOD", "Write FINE", "Suppress RT101 on this line"});
  CHECK(client.actions(range_of(0, 0, 3), {{"triggerKind", 2}, {"only", {"source.fixAll"}}}).size() == 1);
}

TEST_CASE("an action carries the diagnostics it cures, as they were published", "[session]") {
  Editor client("x = BAD\n");
  const auto action = client.actions(range_of(0, 4, 4))[0];
  REQUIRE(action["diagnostics"].size() == 1);
  CHECK(action["diagnostics"][0] == client.published(kUri)["diagnostics"][0]);
}

TEST_CASE("clients that can resolve get the edit when they ask for it", "[session]") {
  Editor client("x = BAD\n");
  const auto action = client.actions(range_of(0, 4, 4))[0];
  CHECK_FALSE(action.contains("edit"));
  const auto resolved = client.call("codeAction/resolve", action);
  CHECK(resolved["title"] == action["title"]);
  CHECK(resolved["edit"]["documentChanges"][0]["textDocument"] == json{{"uri", kUri}, {"version", 1}});
  CHECK(test::apply(resolved["edit"], "x = BAD\n", PositionEncoding::kUtf8) == "x = GOOD\n");
}

TEST_CASE("clients that cannot resolve get the edit at once", "[session]") {
  Editor client("x = BAD\ny = BAD\n", inline_capabilities());
  const auto actions = client.actions(range_of(0, 4, 4));
  REQUIRE(titles(actions) == kForBad);
  for (const auto& action : actions) CHECK_FALSE(action.contains("data"));
  CHECK(test::apply(actions[0]["edit"], "x = BAD\ny = BAD\n", PositionEncoding::kUtf8) == "x = GOOD\ny = BAD\n");
  CHECK(test::apply(actions[2]["edit"], "x = BAD\ny = BAD\n", PositionEncoding::kUtf8) ==
        "x = BAD  # quiet\ny = BAD\n");
  CHECK(test::apply(actions[3]["edit"], "x = BAD\ny = BAD\n", PositionEncoding::kUtf8) == "x = GOOD\ny = GOOD\n");
}

TEST_CASE("clients without document changes get plain ones", "[session]") {
  auto capabilities = inline_capabilities();
  capabilities["workspace"].erase("workspaceEdit");
  Editor client("x = BAD\n", capabilities);
  const auto edit = client.actions(range_of(0, 4, 4))[0]["edit"];
  CHECK_FALSE(edit.contains("documentChanges"));
  CHECK(edit["changes"][kUri].size() == 1);
  CHECK(test::apply(edit, "x = BAD\n", PositionEncoding::kUtf8) == "x = GOOD\n");
}

TEST_CASE("edits that change behaviour say so to clients that can show it", "[session]") {
  Editor client("RISKY\n", inline_capabilities());
  const auto edit = client.actions(range_of(0, 0, 0))[0]["edit"];
  const std::string annotation = edit["documentChanges"][0]["edits"][0]["annotationId"];
  CHECK(edit["changeAnnotations"][annotation]["label"] == "Changes behaviour");

  auto plain = inline_capabilities();
  plain["workspace"]["workspaceEdit"].erase("changeAnnotationSupport");
  Editor older("RISKY\n", plain);
  CHECK_FALSE(older.actions(range_of(0, 0, 0))[0]["edit"].contains("changeAnnotations"));
}

TEST_CASE("an action resolved after an edit gives a fresh edit of the new version", "[session]") {
  Editor client("x = BAD\n");
  const auto action = client.actions(range_of(0, 4, 4))[0];
  client.change(kUri, 2, {0, 0, 0, 0}, "# é\n\n");
  const auto edit = client.call("codeAction/resolve", action)["edit"];
  CHECK(edit["documentChanges"][0]["textDocument"]["version"] == 2);
  CHECK(test::apply(edit, "# é\n\nx = BAD\n", PositionEncoding::kUtf8) == "# é\n\nx = GOOD\n");
}

TEST_CASE("an action whose problem is gone is disabled with a reason, or refused", "[session]") {
  Editor client("x = BAD\n");
  const auto action = client.actions(range_of(0, 4, 4))[0];
  client.change(kUri, 2, {0, 4, 0, 7}, "1");
  const auto resolved = client.call("codeAction/resolve", action);
  CHECK_FALSE(resolved.contains("edit"));
  CHECK_THAT(resolved["disabled"]["reason"].get<std::string>(), ContainsSubstring("no longer there"));

  Editor older("x = BAD\n", without(test::modern_capabilities(), "textDocument", "codeAction", "disabledSupport"));
  const auto stale = older.actions(range_of(0, 4, 4))[0];
  older.close(kUri);
  CHECK(older.request("codeAction/resolve", stale)["error"]["code"] == -32801);
  older.open(kUri, "nothing");
  CHECK(older.request("codeAction/resolve", stale)["error"]["code"] == -32801);
}

TEST_CASE("findings that look the same are told apart", "[session]") {
  Editor client("BAD\nBAD\nBAD\n");
  const auto action = client.actions(range_of(1, 0, 0))[0];
  const auto edit = client.call("codeAction/resolve", action)["edit"];
  CHECK(test::apply(edit, "BAD\nBAD\nBAD\n", PositionEncoding::kUtf8) == "BAD\nGOOD\nBAD\n");
}

TEST_CASE("nothing that a client gives back is trusted", "[session]") {
  Editor client("x = BAD\n");
  auto action = client.actions(range_of(0, 4, 4))[0];
  auto forged = action;
  forged["edit"] = {{"changes", {{"file:///etc/passwd", json::array()}}}};
  const auto resolved = client.call("codeAction/resolve", forged);
  CHECK_FALSE(resolved["edit"].contains("changes"));
  CHECK(resolved["edit"]["documentChanges"][0]["textDocument"]["uri"] == kUri);

  for (const json& data : {json(nullptr), json(1), json("x"), json::object(), json{{"v", 1}}, json{{"v", "one"}},
                           json{{"v", 2}, {"uri", kUri}}, json{{"v", 1}, {"uri", kUri}, {"cure", "all"}},
                           json{{"v", 1}, {"uri", kUri}, {"cure", "fix"}, {"fingerprint", 7}}}) {
    auto bad = action;
    bad["data"] = data;
    const auto response = client.request("codeAction/resolve", bad);
    CAPTURE(response.dump());
    CHECK((data.is_null() || response["error"]["code"] == -32602));
  }
  auto far = action;
  far["data"]["nth"] = 2147483647;
  CHECK(client.call("codeAction/resolve", far).contains("disabled"));
  far["data"]["uri"] = "file:///not/open.py";
  CHECK(client.request("codeAction/resolve", far)["error"]["code"] == -32801);
}

TEST_CASE("one comment silences a rule on a line", "[session]") {
  Editor client("x = BAD + BAD + RISKY\n");
  const auto actions = client.actions(range_of(0, 0, 0));
  std::size_t suppressions = 0;
  for (const auto& title : titles(actions)) suppressions += title.rfind("Suppress", 0) == 0 ? 1 : 0;
  CHECK(suppressions == 2);
  const auto edit = client.call("codeAction/resolve", find(actions, "Suppress RT116 on this line"))["edit"];
  CHECK(test::apply(edit, "x = BAD + BAD + RISKY\n", PositionEncoding::kUtf8) == "x = BAD + BAD + RISKY  # quiet\n");
}

TEST_CASE("a rule that reports often can be fixed as a whole, alone", "[session]") {
  Editor client("BAD TWICE\nBAD\n");
  const auto action = find(client.actions(range_of(0, 0, 0)), "Apply all safe fixes of RT101 in this file");
  REQUIRE_FALSE(action.is_null());
  const auto edit = client.call("codeAction/resolve", action)["edit"];
  CHECK(test::apply(edit, "BAD TWICE\nBAD\n", PositionEncoding::kUtf8) == "GOOD TWICE\nGOOD\n");
}

TEST_CASE("fix all changes the lines it must and is offered only where it helps", "[session]") {
  Editor client("one\r\nBAD\r\ntwo\r\nTWICE\r\nthree");
  const auto actions = client.actions(range_of(0, 0, 0), {{"only", {"source.fixAll"}}});
  REQUIRE(actions.size() == 1);
  const auto edit = client.call("codeAction/resolve", actions[0])["edit"];
  CHECK(edit["documentChanges"][0]["edits"].size() == 2);
  CHECK(test::apply(edit, "one\r\nBAD\r\ntwo\r\nTWICE\r\nthree", PositionEncoding::kUtf8) ==
        "one\r\nGOOD\r\ntwo\r\nONE\r\nthree");
  Editor nothing("RISKY STUCK CHAIN\n");
  CHECK(nothing.actions(range_of(0, 0, 0), {{"only", {"source.fixAll"}}}).empty());
}

TEST_CASE("clients without action literals get commands, which apply the edit", "[session]") {
  Editor client("x = BAD\n",
                without(test::modern_capabilities(), "textDocument", "codeAction", "codeActionLiteralSupport"));
  const auto actions = client.actions(range_of(0, 4, 4));
  REQUIRE(titles(actions) == kForBad);
  CHECK(actions[0]["command"] == "surefoot.applyFix");
  CHECK_FALSE(actions[0].contains("kind"));
  client.call("workspace/executeCommand", {{"command", "surefoot.applyFix"}, {"arguments", actions[0]["arguments"]}});
  const auto asked = client.received("workspace/applyEdit");
  REQUIRE(asked.size() == 1);
  CHECK(test::apply(asked[0]["params"]["edit"], "x = BAD\n", PositionEncoding::kUtf8) == "x = GOOD\n");
  client.answer(asked[0]["id"], {{"applied", false}});

  auto mute = without(test::modern_capabilities(), "textDocument", "codeAction", "codeActionLiteralSupport");
  mute["workspace"].erase("applyEdit");
  Editor silent("x = BAD\n", mute);
  CHECK(silent.actions(range_of(0, 4, 4)).empty());
}

TEST_CASE("commands refuse what they cannot do", "[session]") {
  Editor client("x = BAD\n");
  const auto code = [&](const json& params) {
    return client.request("workspace/executeCommand", params)["error"]["code"];
  };
  CHECK(code({{"command", "surefoot.noSuch"}}) == -32602);
  CHECK(code({{"command", "surefoot.applyFix"}}) == -32602);
  CHECK(code({{"command", "surefoot.applyFix"}, {"arguments", {1}}}) == -32602);
  CHECK(code({{"command", "surefoot.applyFix"},
              {"arguments", {{{"v", 1}, {"uri", "file:///x.py"}, {"cure", "fixAll"}}}}}) == -32803);
  CHECK(code({{"command", 1}}) == -32602);
}

TEST_CASE("the debug information is JSON in a string", "[session]") {
  Editor client("x = BAD\n");
  const auto text = client.call("workspace/executeCommand", {{"command", "surefoot.debugInformation"}});
  const auto information = json::parse(text.get<std::string>());
  CHECK(information["name"] == "surefoot");
  CHECK(information["documents"][0]["uri"] == kUri);
  CHECK(information["documents"][0]["findings"] == 1);
  CHECK(information["counters"]["analyses"] == 1);
}

// What the server tells of functions: hovers, call hierarchies, inlay hints and code lenses.
#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;
using test::TempFolder;

namespace {

const std::string kClient = "import requests\n\n\ndef fetch(url):\n    return requests.get(url, timeout=3)\n";
const std::string kApi =
    "from client import fetch\n\n\nasync def view(number):\n    return fetch(number)\n\n\ndef idle():\n    pass\n\n\n"
    "async def outer():\n    idle()\n    return await view(1)\n";

json with_refresh() {
  json capabilities = test::modern_capabilities();
  capabilities["workspace"]["inlayHint"] = {{"refreshSupport", true}};
  capabilities["workspace"]["codeLens"] = {{"refreshSupport", true}};
  return capabilities;
}

struct Shop : FakeClient {
  explicit Shop(const json& settings = nullptr, const json& capabilities = test::modern_capabilities())
      : FakeClient(test::real_engine()) {
    folder.write("client.py", kClient);
    initialize(capabilities, {{"initializationOptions", settings}});
    open(uri("api.py"), kApi);
  }

  TempFolder folder;
  std::string uri(const std::string& name) const { return "file://" + folder.path() + "/" + name; }

  json at(const std::string& name, int line, int character) {
    return {{"textDocument", {{"uri", uri(name)}}}, {"position", {{"line", line}, {"character", character}}}};
  }
  json hover(int line, int character) { return call("textDocument/hover", at("api.py", line, character)); }
  json prepare(int line, int character) {
    return call("textDocument/prepareCallHierarchy", at("api.py", line, character));
  }
  json incoming(const json& item) { return call("callHierarchy/incomingCalls", {{"item", item}}); }
  json outgoing(const json& item) { return call("callHierarchy/outgoingCalls", {{"item", item}}); }
  json hints() {
    const json whole = {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 99}, {"character", 0}}}};
    return call("textDocument/inlayHint", {{"textDocument", {{"uri", uri("api.py")}}}, {"range", whole}});
  }
  json lenses(const std::string& name) {
    return call("textDocument/codeLens", {{"textDocument", {{"uri", uri(name)}}}});
  }
};

json range(int line, int from, int to) {
  return {{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", line}, {"character", to}}}};
}

std::vector<std::string> names(const json& calls, const char* end) {
  std::vector<std::string> out;
  for (const auto& one : calls) out.push_back(one[end]["name"]);
  return out;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a hover on a definition tells the function's colour and its chains", "[session]") {
  Shop shop;
  const json hover = shop.hover(3, 12);
  CHECK(hover["range"] == range(3, 10, 14));
  CHECK(hover["contents"]["value"] ==
        "**`view`** async · blocks: requests.get at client.py:5 · runs on the event loop, called by 1 function in the "
        "files known so far\n"
        "\nWhat it does:\n\n"
        "- `requests.get` waits for the network\n"
        "   - api.py:5: `view` calls `fetch`\n"
        "   - client.py:5: `requests.get` waits for the network in `fetch`\n"
        "\nReached by:\n\n"
        "- coroutine `outer`, api.py:12\n"
        "   - api.py:14: `outer` calls `view`\n");
  CHECK(shop.hover(7, 5)["contents"]["value"] ==
        "**`idle`** sync · no effect known · reached from the event loop by 1 coroutine in the files known so far\n"
        "\nReached by:\n\n- coroutine `outer`, api.py:12\n   - api.py:13: `outer` calls `idle`\n");
}

TEST_CASE("a hover on a call tells of the callee when it has an effect, behind the rule's page", "[session]") {
  Shop shop;
  const std::string text = shop.hover(4, 13)["contents"]["value"];
  CHECK(text.starts_with("# RT102 "));
  CHECK_THAT(text,
             ContainsSubstring("\n---\n\n**`fetch`** sync · blocks: requests.get at client.py:5 · reached from the "
                               "event loop by 1 coroutine in the files known so far\n"));
  CHECK_THAT(shop.hover(13, 18)["contents"]["value"].get<std::string>(), ContainsSubstring("**`view`** async"));
  CHECK(shop.hover(12, 6).is_null());  // `idle()`: nothing to tell
  CHECK(shop.hover(0, 20).is_null());
  CHECK(shop.hover(5, 0).is_null());
}

TEST_CASE("a hover counts what an edit has just changed", "[session]") {
  Shop shop;
  shop.change(shop.uri("api.py"), 2, {8, 4, 8, 8}, "fetch(1)");
  CHECK_THAT(shop.hover(7, 5)["contents"]["value"].get<std::string>(),
             ContainsSubstring("**`idle`** sync · blocks: requests.get at client.py:5"));
}

TEST_CASE("what was read of an unsaved document is not taken for its file when it is closed", "[session][functions]") {
  Shop shop;
  const auto view = [&] { return shop.hover(3, 12)["contents"]["value"].get<std::string>(); };
  CHECK_THAT(view(), ContainsSubstring("blocks: requests.get at client.py:5"));
  shop.open(shop.uri("client.py"), "def fetch(url):\n    pass\n");
  CHECK_THAT(view(), ContainsSubstring("no effect known"));
  shop.close(shop.uri("client.py"));
  CHECK_THAT(view(), ContainsSubstring("blocks: requests.get at client.py:5"));
}

TEST_CASE("a file that changes on the disk behind the server's back has no lines any more", "[session][functions]") {
  Shop shop;
  const std::string before = shop.hover(3, 12)["contents"]["value"];
  CHECK_THAT(before, ContainsSubstring("requests.get at client.py:5"));
  shop.folder.write("client.py", "\n" + kClient);
  CHECK_THAT(shop.hover(3, 12)["contents"]["value"].get<std::string>(),
             ContainsSubstring("requests.get at client.py:1 "));
  shop.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", shop.uri("client.py")}, {"type", 2}}}}});
  CHECK_THAT(shop.hover(3, 12)["contents"]["value"].get<std::string>(),
             ContainsSubstring("requests.get at client.py:6"));
}

TEST_CASE("a call hierarchy leads from function to function, also through files that are not open", "[session]") {
  Shop shop;
  const json prepared = shop.prepare(4, 13);
  REQUIRE(prepared.size() == 1);
  const json& fetch = prepared[0];
  CHECK(fetch["name"] == "fetch");
  CHECK(fetch["kind"] == 12);
  CHECK(fetch["detail"] == "⏳ blocks: requests.get · client.py");
  CHECK(fetch["uri"] == shop.uri("client.py"));
  CHECK(fetch["selectionRange"] == range(3, 4, 9));
  CHECK(fetch["range"]["end"] == json{{"line", 4}, {"character", 39}});
  CHECK(shop.outgoing(fetch) == json::array());

  const json callers = shop.incoming(fetch);
  REQUIRE(names(callers, "from") == Names{"view"});
  CHECK(callers[0]["fromRanges"] == json::array({range(4, 11, 16)}));
  CHECK(callers[0]["from"]["detail"] == "⏳ async · blocks: requests.get · api.py");
  const json outer = shop.incoming(callers[0]["from"]);
  REQUIRE(names(outer, "from") == Names{"outer"});
  CHECK(outer[0]["from"]["detail"] == "async · api.py");
  CHECK(shop.incoming(outer[0]["from"]) == json::array());
  CHECK(names(shop.outgoing(outer[0]["from"]), "to") == Names{"idle", "view"});
}

TEST_CASE("a call hierarchy that makes no sense any more has no answer", "[session]") {
  Shop shop;
  CHECK(shop.prepare(5, 0).is_null());
  CHECK(shop.call("textDocument/prepareCallHierarchy", shop.at("none.py", 0, 0)).is_null());
  json item = shop.prepare(3, 12)[0];
  shop.replace(shop.uri("api.py"), 2, "x = 1\n");
  CHECK(shop.incoming(item).is_null());
  for (const json& data : {json(), json(5), json("x"), json::array(), json{{"module", 1}},
                           json{{"module", "zz"}, {"function", "0"}, {"uri", shop.uri("api.py")}},
                           json{{"module", "0"}, {"function", "0"}}}) {
    item["data"] = data;
    CHECK(shop.incoming(item).is_null());
  }
  CHECK(shop.call("callHierarchy/outgoingCalls", json::object()).is_null());
}

TEST_CASE("inlay hints and code lenses are off until the settings turn them on", "[session]") {
  Shop silent;
  CHECK(silent.hints().is_null());
  CHECK(silent.lenses("api.py").is_null());

  Shop shop(json::object({{"inlayHints", true}, {"code-lens", true}}));
  const json hints = shop.hints();
  REQUIRE(hints.size() == 1);
  CHECK(hints[0]["position"] == json{{"line", 4}, {"character", 24}});
  CHECK(hints[0]["label"] == "⏳ requests.get");
  CHECK(hints[0]["paddingLeft"] == true);
  CHECK(hints[0]["tooltip"] == "client.py:5: `requests.get` waits for the network in `fetch`");
  const json lenses = shop.lenses("api.py");
  REQUIRE(lenses.size() == 1);
  CHECK(lenses[0]["range"] == range(3, 10, 14));
  CHECK(lenses[0]["command"] == json{{"title", "blocks the event loop: requests.get"}, {"command", ""}});

  shop.open(shop.uri("client.py"), kClient);
  CHECK(shop.lenses("client.py")[0]["command"]["title"] ==
        "blocks: requests.get · reached by 1 coroutine in the files known so far");
}

TEST_CASE("inlay hints are those of the range that is shown", "[session]") {
  Shop shop(json::object({{"inlay-hints", true}}));
  CHECK(shop.call("textDocument/inlayHint",
                  {{"textDocument", {{"uri", shop.uri("api.py")}}}, {"range", range(0, 0, 3)}}) == json::array());
}

TEST_CASE("hints that settings or other files change are asked for again", "[session]") {
  Shop shop(nullptr, with_refresh());
  const auto refreshes = [&] { return shop.received("workspace/inlayHint/refresh").size(); };
  CHECK(refreshes() == 0);
  const auto set = [&](const json& settings) {
    shop.notify("workspace/didChangeConfiguration", {{"settings", {{"surefoot", settings}}}});
  };
  set({{"inlayHints", true}});
  CHECK(refreshes() == 1);
  CHECK(shop.hints().size() == 1);
  CHECK(shop.received("workspace/codeLens/refresh").empty());
  const auto before = refreshes();
  shop.open(shop.uri("client.py"), kClient);
  shop.replace(shop.uri("client.py"), 2, "def fetch(url):\n    pass\n");
  CHECK(refreshes() > before);
  CHECK(shop.hints() == json::array());
  set({{"inlayHints", false}});
  CHECK(shop.hints().is_null());

  set({{"inlayHints", "yes"}});
  CHECK_THAT(shop.received("window/showMessage").back()["params"]["message"].get<std::string>(),
             ContainsSubstring("`inlay-hints`: expected true or false, found \"yes\""));
}

TEST_CASE("callers are found in files of the workspace that nobody has opened", "[session][functions]") {
  FakeClient client(test::real_engine());
  TempFolder folder;
  const auto uri = [&](const std::string& name) { return "file://" + folder.path() + "/" + name; };
  folder.write("pyproject.toml", "[project]\nname = \"shop\"\n");
  folder.write("src/shop/__init__.py", "from .client import fetch\n");
  folder.write("src/shop/client.py", kClient);
  folder.write("src/api.py", "from shop import fetch\n\n\nasync def view(number):\n    return fetch(number)\n");
  folder.write("src/cron.py", "from shop import (\n    client,\n)\n\n\ndef tick():\n    client.fetch(1)\n");
  folder.write("src/other.py", "import json\n\n\ndef fetch():\n    pass\n\n\nfetch()\n");
  client.initialize(test::modern_capabilities(), {{"workspaceFolders", {{{"uri", uri("")}, {"name", "w"}}}}});
  client.open(uri("src/shop/client.py"), kClient);
  const json at = {{"textDocument", {{"uri", uri("src/shop/client.py")}}},
                   {"position", {{"line", 3}, {"character", 5}}}};
  const json item = client.call("textDocument/prepareCallHierarchy", at)[0];
  Names callers = names(client.call("callHierarchy/incomingCalls", {{"item", item}}), "from");
  std::sort(callers.begin(), callers.end());
  CHECK(callers == Names{"tick", "view"});
  CHECK_THAT(client.call("textDocument/hover", at)["contents"]["value"].get<std::string>(),
             ContainsSubstring("reached from the event loop by 1 coroutine"));

  folder.write("src/second.py", "from shop import fetch\n\n\nasync def again():\n    fetch(2)\n");
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", uri("src/second.py")}, {"type", 1}}}}});
  CHECK_THAT(client.call("textDocument/hover", at)["contents"]["value"].get<std::string>(),
             ContainsSubstring("reached from the event loop by 2 coroutines"));
}

// The refactoring "Make `load` async" through the server: several files, open or not, saved or not.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;
using test::TempFolder;

namespace {

const std::string kClient = "import time\n\n\ndef fetch(url):\n    time.sleep(1)\n    return url\n";
const std::string kApi = "from client import fetch\n\n\nasync def view(n):\n    return fetch(n)\n";

struct Shop : FakeClient {
  explicit Shop(const json& capabilities = test::modern_capabilities()) : FakeClient(test::real_engine()) {
    folder.write("pyproject.toml", "[project]\nname = 'shop'\n");
    folder.write("client.py", kClient);
    folder.write("jobs.py", "import client\n\n\ndef run():\n    x = client.fetch('a')\n    return x\n");
    folder.write("idle.py", "def fetching():\n    pass\n");
    const json root = {{"uri", "file://" + folder.path()}, {"name", "shop"}};
    initialize(capabilities, {{"workspaceFolders", json::array({root})}});
  }

  TempFolder folder;
  std::string uri(const std::string& name) const { return "file://" + folder.path() + "/" + name; }

  /// All refactorings at a place; null for none.
  json actions(const std::string& name, int line, int character, const json& context) {
    const json at = {{"line", line}, {"character", character}};
    json params = {{"textDocument", {{"uri", uri(name)}}}, {"range", {{"start", at}, {"end", at}}}};
    params["context"] = {{"diagnostics", json::array()}};
    params["context"].update(context);
    json found = json::array();
    for (const json& action : call("textDocument/codeAction", params)) {
      if (action.value("kind", "") == "refactor.rewrite") found.push_back(action);
    }
    return found;
  }
  json refactoring(const std::string& name, int line, int character) {
    const json found = actions(name, line, character, json::object());
    return found.empty() ? json() : found[0];
  }

  /// The text that the action gives a file; "" when it does not change it.
  static std::string after(const json& action, const std::string& uri, const std::string& before) {
    for (const json& change : action["edit"]["documentChanges"]) {
      if (change["textDocument"]["uri"] != uri) continue;
      return test::apply({{"documentChanges", json::array({change})}}, before, protocol::PositionEncoding::kUtf16);
    }
    return {};
  }
  static json version(const json& action, const std::string& uri) {
    for (const json& change : action["edit"]["documentChanges"]) {
      if (change["textDocument"]["uri"] == uri) return change["textDocument"]["version"];
    }
    return "none";
  }
};

}  // namespace

TEST_CASE("a function becomes a coroutine in all files of the project, open or not", "[session]") {
  Shop shop;
  shop.open(shop.uri("client.py"), kClient, 7);
  const json action = shop.refactoring("client.py", 3, 6);
  REQUIRE(action.is_object());
  CHECK(action["title"] == "Make `fetch` async (2 files)");
  CHECK(shop.version(action, shop.uri("client.py")) == 7);
  CHECK(shop.version(action, shop.uri("jobs.py")).is_null());
  CHECK(shop.after(action, shop.uri("client.py"), kClient) ==
        "import asyncio\nimport time\n\n\nasync def fetch(url):\n    await asyncio.sleep(1)\n    return url\n");
  CHECK(shop.after(action, shop.uri("jobs.py"),
                   "import client\n\n\ndef run():\n    x = client.fetch('a')\n    return x\n") ==
        "import client\n\n\nasync def run():\n    x = await client.fetch('a')\n    return x\n");
}

TEST_CASE("what is not saved counts, and files that are not on the disk yet", "[session]") {
  Shop shop;
  shop.open(shop.uri("client.py"), kClient);
  shop.open(shop.uri("api.py"), kApi);
  shop.open(shop.uri("jobs.py"), "x = 1\n", 3);  // no longer calls it
  const json action = shop.refactoring("api.py", 4, 12);
  REQUIRE(action.is_object());
  CHECK(action["title"] == "Make `fetch` async (2 files)");
  CHECK(shop.version(action, shop.uri("jobs.py")) == "none");
  CHECK_THAT(shop.after(action, shop.uri("api.py"), kApi), ContainsSubstring("    return await fetch(n)\n"));

  shop.replace(shop.uri("jobs.py"), 4, "from client import fetch\n\nfetch('a')\n");
  CHECK(shop.refactoring("api.py", 4, 12).is_null());
  const json told = shop.actions("api.py", 4, 12, {{"only", json::array({"refactor"})}});
  REQUIRE(told.size() == 1);
  CHECK(told[0]["disabled"]["reason"] == "a call in `jobs.py` is made when it is imported");
  CHECK_FALSE(told[0].contains("edit"));
}

TEST_CASE("the refactoring is offered where somebody asks for it, and to who can take it", "[session]") {
  Shop shop;
  shop.open(shop.uri("client.py"), kClient);
  shop.open(shop.uri("api.py"), kApi);
  CHECK(shop.refactoring("client.py", 4, 6).is_null());                  // `time.sleep(1)`
  CHECK(shop.refactoring("api.py", 3, 12).is_null());                    // a coroutine
  CHECK(shop.actions("client.py", 3, 6, {{"triggerKind", 2}}).empty());  // a light bulb
  CHECK(shop.actions("client.py", 3, 6, {{"only", json::array({"quickfix"})}}).empty());
  CHECK(shop.actions("client.py", 3, 6, {{"only", json::array({"refactor.rewrite"})}}).size() == 1);

  json plain = test::modern_capabilities();
  plain["workspace"]["workspaceEdit"]["documentChanges"] = false;
  Shop old(plain);
  old.open(old.uri("client.py"), kClient);
  CHECK(old.refactoring("client.py", 3, 6).is_null());
}

TEST_CASE("the refactoring is refused where a file of the project is in the way", "[session]") {
  Shop shop;
  shop.open(shop.uri("client.py"), kClient);
  const auto refused = [&] { return shop.refactoring("client.py", 3, 6).is_null(); };
  CHECK_FALSE(refused());
  shop.folder.write("tool.py", "from client import fetch\n\nprint(fetch('x'))\n");
  CHECK(refused());
  shop.folder.write("tool.py", "from client import fetch\n\n\ndef f(:\n    fetch('x')\n");
  CHECK(refused());
  shop.folder.write("tool.py", "x = 'fetch'\n");
  CHECK(refused());
  shop.folder.write("tool.py", "x = 1\n");
  CHECK_FALSE(refused());
  shop.folder.write("pyproject.toml", "[project]\nname = 'shop'\n[project.scripts]\nfetch = 'client:fetch'\n");
  CHECK(refused());
}

// Configuration files and settings: which count for a document, and what happens when they change or break.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;

namespace {

const std::string kRoot = "file:///project";
const std::string kUri = "file:///project/app/main.py";
const std::string kConfigUri = "file:///project/surefoot.toml";
const std::string kText = "BAD RISKY STUCK\n";

std::vector<std::string> codes(const json& published) {
  std::vector<std::string> out;
  for (const auto& diagnostic : published["diagnostics"]) out.push_back(diagnostic["code"]);
  return out;
}
using Codes = std::vector<std::string>;
const Codes kAll = {"RT101", "RT116", "RT202"};

json in_folder(const std::string& uri = kRoot) {
  return {{"workspaceFolders", json::array({{{"uri", uri}, {"name", "project"}}})}};
}

void touch(FakeClient& client, const std::string& uri) {
  client.notify("workspace/didChangeWatchedFiles", {{"changes", json::array({{{"uri", uri}, {"type", 2}}})}});
}

json fix_all(FakeClient& client) {
  const json nowhere = {{"line", 0}, {"character", 0}};
  return client.call("textDocument/codeAction",
                     {{"textDocument", {{"uri", kUri}}},
                      {"range", {{"start", nowhere}, {"end", nowhere}}},
                      {"context", {{"diagnostics", json::array()}, {"only", {"source.fixAll"}}}}});
}

}  // namespace

TEST_CASE("the nearest configuration counts, and surefoot.toml before pyproject.toml", "[session]") {
  FakeClient client;
  client.files["/project/pyproject.toml"] = "[tool.surefoot]\nignore = ['RT101']\n";
  client.initialize(json::object(), in_folder());
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});

  client.files["/project/surefoot.toml"] = "ignore = ['RT116']\n";
  touch(client, kConfigUri);
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});

  client.files["/project/app/pyproject.toml"] = "[project]\nname = 'x'\n";
  touch(client, "file:///project/app/pyproject.toml");
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});
  client.files["/project/app/pyproject.toml"] = "[tool.surefoot]\nignore = ['RT2']\n[project]\nname = 'x'\n";
  touch(client, "file:///project/app/pyproject.toml");
  CHECK(client.publications(kUri) == 3);

  client.files.clear();
  touch(client, kConfigUri);
  CHECK(codes(client.published(kUri)) == kAll);
}

TEST_CASE("a configuration outside the folder, or with no folder at all, counts too", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  client.initialize();
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});
  client.open("untitled:1", kText);
  CHECK(codes(client.published("untitled:1")) == kAll);
}

TEST_CASE("a document that is no file has the configuration of the first folder", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  client.initialize(json::object(), in_folder());
  client.open("untitled:1", kText);
  CHECK(codes(client.published("untitled:1")) == Codes{"RT116", "RT202"});
}

TEST_CASE("an invalid file is one diagnostic in it, and the last good one stays in force", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  client.initialize(test::modern_capabilities(), in_folder());
  client.open(kUri, kText);
  CHECK(fix_all(client).empty());

  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\nprofile = 'reckless'\n";
  touch(client, kConfigUri);
  const auto problem = client.published(kConfigUri);
  REQUIRE(problem["diagnostics"].size() == 1);
  CHECK(problem["diagnostics"][0]["range"]["start"]["line"] == 1);
  CHECK(problem["diagnostics"][0]["severity"] == 1);
  CHECK_FALSE(problem.contains("version"));
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});

  touch(client, kConfigUri);
  CHECK(client.publications(kConfigUri) == 1);
  client.files["/project/surefoot.toml"] = "";
  touch(client, kConfigUri);
  CHECK(client.published(kConfigUri)["diagnostics"].empty());
  CHECK(codes(client.published(kUri)) == kAll);
}

TEST_CASE("a file that is broken from the start is told of, and the defaults count", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = [\n";
  client.initialize(test::modern_capabilities(), in_folder());
  CHECK(client.published(kConfigUri)["diagnostics"].size() == 1);
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == kAll);
  CHECK(client.publications(kConfigUri) == 1);
}

TEST_CASE("while the configuration is broken nothing is fixed wholesale", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities(), in_folder());
  client.open(kUri, kText);
  CHECK_FALSE(fix_all(client)[0].contains("disabled"));
  client.files["/project/surefoot.toml"] = "ignore = [\n";
  touch(client, kConfigUri);
  CHECK_THAT(fix_all(client)[0]["disabled"]["reason"].get<std::string>(), ContainsSubstring("configuration"));
}

TEST_CASE("the problem of a configuration goes when nothing uses it any more", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = [\n";
  client.initialize();
  client.open(kUri, kText);
  CHECK(client.published(kConfigUri)["diagnostics"].size() == 1);
  client.close(kUri);
  CHECK(client.published(kConfigUri)["diagnostics"].empty());
}

TEST_CASE("configuration files are watched where the client can, and read again at each save", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities(), in_folder());
  const auto registered = client.received("client/registerCapability");
  REQUIRE(registered.size() == 1);
  CHECK_THAT(registered[0].dump(), ContainsSubstring("**/pyproject.toml"));
  CHECK_THAT(registered[0].dump(), ContainsSubstring("**/surefoot.toml"));

  FakeClient plain;
  plain.initialize(json::object(), in_folder());
  CHECK(plain.received("client/registerCapability").empty());
  plain.open(kUri, kText);
  plain.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  plain.notify("textDocument/didSave", {{"textDocument", {{"uri", kUri}}}});
  CHECK(codes(plain.published(kUri)) == Codes{"RT116", "RT202"});
  CHECK(plain.published(kUri)["version"] == 1);
}

TEST_CASE("a save that changes nothing publishes nothing", "[session]") {
  FakeClient client;
  client.initialize();
  client.open(kUri, kText);
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", kUri}}}});
  client.files["/project/surefoot.toml"] = "workers = 4\n";
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", kUri}}}});
  CHECK(client.publications(kUri) == 1);
}

TEST_CASE("excluded documents are silent", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "exclude = ['app']\n";
  client.initialize(json::object(), in_folder());
  client.open(kUri, kText);
  CHECK(client.publications(kUri) == 0);
  client.open("file:///project/.venv/lib/x.py", kText);
  CHECK(client.publications("file:///project/.venv/lib/x.py") == 0);
  client.files.clear();
  touch(client, kConfigUri);
  CHECK(codes(client.published(kUri)) == kAll);
  client.files["/project/surefoot.toml"] = "exclude = ['app']\n";
  touch(client, kConfigUri);
  CHECK(client.published(kUri)["diagnostics"].empty());
}

TEST_CASE("settings of the editor are laid over the file, in either spelling", "[session]") {
  const json settings = GENERATE(json{{"ignore", {"RT116"}}}, json{{"settings", {{"ignore", {"RT116"}}}}},
                                 json{{"surefoot", {{"ignore", {"RT116"}}}}}, json{{"ignore", "RT116"}},
                                 json{{"ignore", {"RT116"}}, {"path", "/x"}, {"extendSelect", json::array()}});
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  auto more = in_folder();
  more["initializationOptions"] = settings;
  client.initialize(json::object(), more);
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});
  CHECK(client.received("window/showMessage").empty());
}

TEST_CASE("a setting that is wrong in part is told, and the rest of it counts", "[session]") {
  FakeClient client;
  auto more = in_folder();
  more["initializationOptions"] = {{"ignore", {"RT116", "RT999", "XY1"}}, {"workers", -1}};
  client.initialize(json::object(), more);
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});
  CHECK(client.received("window/showMessage").size() == 3);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"select", {"XY1"}}}}});
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});  // nothing of it can be used
}

TEST_CASE("settings that are pushed take effect at once, and empty ones take nothing away", "[session]") {
  FakeClient client;
  auto more = in_folder();
  more["initializationOptions"] = {{"ignore", {"RT116"}}};
  client.initialize(json::object(), more);
  client.open(kUri, kText);
  for (const json& empty : {json(nullptr), json::object(), json::array(), json{{"surefoot", json::object()}}}) {
    client.notify("workspace/didChangeConfiguration", {{"settings", empty}});
    CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT202"});
  }
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"surefoot", {{"ignore", {"RT202"}}}}}}});
  CHECK(codes(client.published(kUri)) == Codes{"RT101", "RT116"});
}

TEST_CASE("settings are asked for, for each folder", "[session]") {
  FakeClient client;
  json more = {{"workspaceFolders", json::array({{{"uri", "file:///project/"}, {"name", "a"}},
                                                 {{"uri", "file:///second"}, {"name", "b"}}})}};
  client.initialize(test::modern_capabilities(), more);
  auto asked = client.received("workspace/configuration");
  REQUIRE(asked.size() == 1);
  REQUIRE(asked[0]["params"]["items"].size() == 2);
  CHECK(asked[0]["params"]["items"][1] == json{{"scopeUri", "file:///second"}, {"section", "surefoot"}});
  client.open(kUri, kText);
  client.open("file:///second/x.py", kText);
  client.answer(asked[0]["id"], {{{"ignore", {"RT101"}}}, {{"ignore", {"RT202"}}}});
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});
  CHECK(codes(client.published("file:///second/x.py")) == Codes{"RT101", "RT116"});

  client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  asked = client.received("workspace/configuration");
  REQUIRE(asked.size() == 2);
  client.answer(asked[1]["id"], {nullptr, json::object()});
  CHECK(codes(client.published("file:///second/x.py")) == kAll);
}

TEST_CASE("odd answers about settings do no harm", "[session]") {
  for (const json& answer : {json(nullptr), json(1), json::array(), json::array({1, 2, 3}), json::object()}) {
    FakeClient client;
    client.initialize(test::modern_capabilities());
    client.open(kUri, kText);
    client.answer(client.received("workspace/configuration")[0]["id"], answer);
    client.answer(client.received("workspace/configuration")[0]["id"], answer);
    CHECK(codes(client.published(kUri)) == kAll);
  }
}

TEST_CASE("a bad setting is said once, by its name, and the others count", "[session]") {
  FakeClient client;
  client.initialize(json::object(),
                    {{"initializationOptions", {{"select", 3}, {"ignore", {"RT101"}}, {"targetVersion", "ada"}}}});
  const auto told = client.received("window/showMessage");
  REQUIRE(told.size() == 2);
  CHECK_THAT(told[0]["params"]["message"].get<std::string>(), ContainsSubstring("`select`"));
  CHECK_THAT(told[1]["params"]["message"].get<std::string>(), ContainsSubstring("`target-version`"));
  client.open(kUri, kText);
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"select", 3}}}});
  CHECK(client.received("window/showMessage").size() == 2);
}

TEST_CASE("a folder that is added or removed brings or takes its configuration", "[session]") {
  FakeClient client;
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  client.initialize();
  client.open("untitled:1", kText);
  CHECK(codes(client.published("untitled:1")) == kAll);
  const json folder = {{"uri", kRoot}, {"name", "p"}};
  client.notify("workspace/didChangeWorkspaceFolders",
                {{"event", {{"added", json::array({folder})}, {"removed", json::array()}}}});
  CHECK(codes(client.published("untitled:1")) == Codes{"RT116", "RT202"});
  client.notify("workspace/didChangeWorkspaceFolders",
                {{"event", {{"added", json::array()}, {"removed", json::array({folder})}}}});
  CHECK(codes(client.published("untitled:1")) == kAll);
}

TEST_CASE("a client that pulls is told to pull again when the configuration changes something", "[session]") {
  FakeClient client;
  client.initialize(test::pulling_capabilities(), in_folder());
  client.open(kUri, kText);
  touch(client, kConfigUri);
  CHECK(client.received("workspace/diagnostic/refresh").empty());
  client.files["/project/surefoot.toml"] = "ignore = ['RT101']\n";
  touch(client, kConfigUri);
  CHECK(client.received("workspace/diagnostic/refresh").size() == 1);
  const auto report = client.call("textDocument/diagnostic", {{"textDocument", {{"uri", kUri}}}});
  CHECK(report["items"].size() == 2);
}

TEST_CASE("requests that the client never answers are given up, the oldest first", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  for (int i = 0; i < 200; ++i) client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  CHECK(client.session().core().client.waiting() == server::Client::kMaxRequests);
  client.open(kUri, kText);
  client.answer(client.received("workspace/configuration")[5]["id"], {{{"ignore", {"RT101"}}}});
  CHECK(codes(client.published(kUri)) == kAll);
  client.answer(client.received("workspace/configuration").back()["id"], {{{"ignore", {"RT101"}}}});
  CHECK(codes(client.published(kUri)) == Codes{"RT116", "RT202"});
}

TEST_CASE("the configuration's problem is published under the folder's spelling", "[session]") {
  FakeClient client;
  client.files["/a b/surefoot.toml"] = "ignore = [\n";
  client.initialize(json::object(), in_folder("file:///%61%20b/"));
  CHECK(client.published("file:///%61%20b/surefoot.toml")["diagnostics"].size() == 1);
}

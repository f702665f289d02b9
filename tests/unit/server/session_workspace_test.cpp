// Files of the workspace that are not open, for clients that pull: what they are told, when, and how far a check is.
#include "server/session/core.hpp"
#include "server/session/work_progress.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;
using test::TempFolder;

namespace {

constexpr const char* kBlocks = "import time\n\n\ndef load():\n    time.sleep(1)\n";
constexpr const char* kHarmless = "import time\n\n\ndef load():\n    pass\n";
constexpr const char* kApp = "from helpers import load\n\n\nasync def handler():\n    load()\n";

struct Workspace : FakeClient {
  explicit Workspace(bool hold_jobs = false) : FakeClient(test::real_engine(hold_jobs)) {}
  void start(const json& more = json::object()) {
    json params = {{"workspaceFolders", {{{"uri", "file://" + folder.path()}, {"name", "w"}}}}};
    params.update(more);
    initialize(test::pulling_capabilities(), params);
  }
  std::string uri(const std::string& name) const { return "file://" + folder.path() + "/" + name; }
  /// What the client knows, as it tells it with its next question.
  json known() const {
    json out = json::array();
    for (const auto& [uri, id] : ids) out.push_back({{"uri", uri}, {"value", id}});
    return out;
  }
  int ask(const json& more = json::object()) {
    json params = {{"previousResultIds", known()}};
    params.update(more);
    return start_request("workspace/diagnostic", params);
  }
  /// Codes by the end of the URI, of what the answer says.
  std::map<std::string, std::vector<std::string>> take(const json& report) {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& item : report["items"]) {
      const std::string uri = item["uri"];
      ids[uri] = item["resultId"];
      auto& codes = out[uri.substr(uri.rfind('/') + 1)];
      for (const auto& one : item["items"]) codes.push_back(one["code"]);
    }
    return out;
  }
  auto answer_to(int id) {
    const auto all = responses(id);
    REQUIRE(all.size() == 1);
    return take(all[0]["result"]);
  }
  bool is_open(int id) const { return responses(id).empty(); }

  TempFolder folder;
  std::map<std::string, std::string> ids;
};

using Codes = std::vector<std::string>;
using Told = std::map<std::string, Codes>;

}  // namespace

TEST_CASE("a pull of the workspace tells of files that are not open", "[session][workspace]") {
  Workspace client;
  client.folder.write("helpers.py", kBlocks);
  client.folder.write("app.py", kApp);
  client.folder.write("clean.py", "x = 1\n");
  client.folder.write(".venv/lib/app.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  client.start();
  const int id = client.ask();
  CHECK(client.answer_to(id) == Told{{"app.py", {"RT102"}}});
  const json item = client.responses(id)[0]["result"]["items"][0];
  CHECK(item["kind"] == "full");
  CHECK(item["version"] == nullptr);
  CHECK(item["items"][0]["relatedInformation"][0]["location"]["uri"] == client.uri("helpers.py"));
  CHECK(item["items"][0]["range"]["start"]["line"] == 4);
}

TEST_CASE("the same findings of a file have the same name, open or closed", "[session][workspace]") {
  Workspace client;
  client.folder.write("helpers.py", kBlocks);
  client.folder.write("app.py", kApp);
  client.start();
  client.answer_to(client.ask());
  client.open(client.uri("app.py"), kApp);
  const json report = client.call("textDocument/diagnostic", {{"textDocument", {{"uri", client.uri("app.py")}}}});
  CHECK(report["resultId"] == client.ids[client.uri("app.py")]);
  CHECK(client.is_open(client.ask()));
}

TEST_CASE("a pull waits until there is news: unsaved text changes what a closed caller does", "[session][workspace]") {
  Workspace client;
  client.folder.write("helpers.py", kHarmless);
  client.folder.write("app.py", kApp);
  client.start();
  CHECK(client.answer_to(client.ask()).empty());  // the first is answered, whatever there is
  const int id = client.ask();
  CHECK(client.is_open(id));
  client.open(client.uri("helpers.py"), kHarmless);
  CHECK(client.is_open(id));
  client.replace(client.uri("helpers.py"), 2, kBlocks);
  CHECK(client.answer_to(id) == Told{{"app.py", {"RT102"}}});

  const int next = client.ask();
  client.replace(client.uri("helpers.py"), 3, std::string("# a comment\n") + kBlocks);
  CHECK(client.is_open(next));
  client.replace(client.uri("helpers.py"), 4, kHarmless);
  CHECK(client.answer_to(next) == Told{{"app.py", {}}});
}

TEST_CASE("a file that changes on the disk, comes or goes is news", "[session][workspace]") {
  Workspace client;
  client.folder.write("helpers.py", kBlocks);
  client.folder.write("app.py", kApp);
  client.start();
  client.answer_to(client.ask());
  const auto changed = [&](const std::string& name) {
    client.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", client.uri(name)}, {"type", 2}}}}});
  };
  int id = client.ask();
  client.folder.write("second.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  changed("second.py");
  CHECK(client.answer_to(id) == Told{{"second.py", {"RT101"}}});
  id = client.ask();
  client.folder.remove("app.py");
  changed("app.py");
  CHECK(client.answer_to(id) == Told{{"app.py", {}}});
}

TEST_CASE("a pull with a token for parts gets its answer in parts", "[session][workspace]") {
  Workspace client;
  for (int i = 0; i < 130; ++i) {
    client.folder.write("m" + std::to_string(i) + ".py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  }
  client.start();
  const int id = client.ask({{"partialResultToken", "parts"}});
  CHECK(client.answer_to(id).empty());
  const auto parts = client.received("$/progress");
  REQUIRE(parts.size() == 3);
  std::size_t files = 0;
  for (const json& part : parts) {
    CHECK(part["params"]["token"] == "parts");
    files += client.take(part["params"]["value"]).size();
  }
  CHECK(files == 130);
}

TEST_CASE("settings of the editor count in files that are not open", "[session][workspace]") {
  Workspace client;
  client.folder.write("app.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  client.folder.write("old/app.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  SECTION("what is left out") {
    client.start({{"initializationOptions", {{"exclude", {"old"}}}}});
    const int id = client.ask();
    client.answer_to(id);
    CHECK(client.responses(id)[0]["result"]["items"].size() == 1);
  }
  SECTION("open files only") {
    client.start({{"initializationOptions", {{"diagnosticMode", "openFilesOnly"}}}});
    CHECK(client.answer_to(client.ask()).empty());
  }
}

TEST_CASE("whoever waits gets an answer at the end", "[session][workspace]") {
  Workspace client(true);
  client.folder.write("app.py", kApp);
  client.start();
  const int id = client.ask();
  CHECK(client.is_open(id));
  client.call("shutdown");
  CHECK(client.responses(id).size() == 1);
  client.run_jobs();
  CHECK(client.responses(id).size() == 1);
}

TEST_CASE("a pull that is cancelled is answered once", "[session][workspace]") {
  Workspace client(true);
  client.folder.write("app.py", kApp);
  client.start();
  const int id = client.ask();
  client.notify("$/cancelRequest", {{"id", id}});
  client.run_jobs();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0]["error"]["code"] == -32800);
}

TEST_CASE("an answer about one document tells what its change did to others", "[session][workspace]") {
  Workspace client;
  client.folder.write("pyproject.toml", "[project]\nname = \"x\"\n");
  client.start();
  const auto pull = [&](const std::string& name) {
    return client.call("textDocument/diagnostic", {{"textDocument", {{"uri", client.uri(name)}}}});
  };
  client.open(client.uri("app.py"), kApp);
  client.open(client.uri("helpers.py"), kHarmless);
  CHECK(pull("app.py")["items"].empty());
  CHECK_FALSE(pull("helpers.py").contains("relatedDocuments"));
  client.replace(client.uri("helpers.py"), 2, kBlocks);
  const json related = pull("helpers.py")["relatedDocuments"];
  REQUIRE(related.size() == 1);
  CHECK(related[client.uri("app.py")]["kind"] == "full");
  CHECK(related[client.uri("app.py")]["items"][0]["code"] == "RT102");
  CHECK_FALSE(pull("helpers.py").contains("relatedDocuments"));
}

TEST_CASE("progress is spoken of when work takes long, and it can be cancelled", "[session][workspace]") {
  std::vector<json> sent;
  server::Clock::time_point time{};
  server::Host host;
  protocol::FrameReader frames;
  host.send = [&](std::string bytes) {
    frames.push(bytes);
    while (const auto event = frames.pop()) sent.push_back(json::parse(std::get<protocol::Message>(*event).body));
  };
  host.now = [&] { return time; };
  const auto core = std::make_shared<server::Core>(std::move(host), server::real_disk());
  server::ClientView view;
  view.capabilities.work_done_progress = true;
  core->view = std::make_shared<const server::ClientView>(view);
  bool cancelled = false;
  {
    server::WorkProgress progress(*core, "Work", [&] { cancelled = true; });
    progress.report(1, 10);
    CHECK(sent.empty());
    time += server::WorkProgress::kPatience;
    progress.report(2, 10);
    progress.report(3, 10);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]["method"] == "window/workDoneProgress/create");
    protocol::Response response;
    response.id = protocol::Id(sent[0]["id"].get<std::int64_t>());
    core->client.answered(response);
    REQUIRE(sent.size() == 2);
    CHECK(sent[1]["params"]["value"]["kind"] == "begin");
    CHECK(sent[1]["params"]["value"]["percentage"] == 30);
    CHECK(sent[1]["params"]["value"]["cancellable"] == true);
    progress.report(3, 10);
    progress.report(9, 10);
    REQUIRE(sent.size() == 3);
    CHECK(sent[2]["params"]["value"]["percentage"] == 90);
    progress.cancelled(std::string("another"));
    CHECK_FALSE(cancelled);
    progress.cancelled(sent[0]["params"]["token"].get<std::string>());
    CHECK(cancelled);
  }
  REQUIRE(sent.size() == 4);
  CHECK(sent[3]["params"]["value"]["kind"] == "end");
}

// Documents and the files behind them: what a document imports is read from the disk, an open document's text beats the
// disk, and what changes in one file shows in the others at once.
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

struct Project : FakeClient {
  explicit Project(const json& capabilities = test::modern_capabilities()) : FakeClient(test::real_engine()) {
    initialize(capabilities);
  }

  TempFolder folder;
  std::string uri(const std::string& name) const { return "file://" + folder.path() + "/" + name; }
  std::vector<std::string> codes(const std::string& name) const {
    std::vector<std::string> out;
    const json shown = published(uri(name));
    for (const auto& one : shown["diagnostics"]) out.push_back(one["code"]);
    return out;
  }
};

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("what an open document imports is read from the disk", "[session]") {
  Project project;
  project.folder.write("helpers.py", kBlocks);
  project.open(project.uri("app.py"), kApp);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  const json hop = project.published(project.uri("app.py"))["diagnostics"][0]["relatedInformation"][0];
  CHECK(hop["location"]["uri"] == project.uri("helpers.py"));
  CHECK(hop["location"]["range"]["start"]["line"] == 4);
}

TEST_CASE("editing a helper updates its callers in other documents, saved or not", "[session]") {
  Project project;
  project.folder.write("helpers.py", kHarmless);
  project.open(project.uri("app.py"), kApp);
  CHECK(project.codes("app.py").empty());
  project.open(project.uri("helpers.py"), kHarmless);
  project.replace(project.uri("helpers.py"), 2, kBlocks);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  project.replace(project.uri("helpers.py"), 3, kHarmless);
  CHECK(project.codes("app.py").empty());
  project.replace(project.uri("helpers.py"), 4, kBlocks);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  project.close(project.uri("helpers.py"));
  CHECK(project.codes("app.py").empty());
}

TEST_CASE("what a thread runs in another file is followed like a call", "[session]") {
  const std::string safe = "import asyncio\n\nitems = asyncio.Queue()\n\n\ndef push():\n    print(items)\n";
  const std::string unsafe = "import asyncio\n\nitems = asyncio.Queue()\n\n\ndef push():\n    items.put_nowait(1)\n";
  Project project;
  project.folder.write("feed.py", safe);
  project.open(
      project.uri("app.py"),
      "import threading\nfrom feed import push\n\n\ndef start():\n    threading.Thread(target=push).start()\n");
  CHECK(project.codes("app.py").empty());
  project.open(project.uri("feed.py"), safe);
  project.replace(project.uri("feed.py"), 2, unsafe);
  CHECK(project.codes("app.py") == Codes{"RT213"});
  project.replace(project.uri("feed.py"), 3, safe);
  CHECK(project.codes("app.py").empty());
}

TEST_CASE("a client that pulls is told when other files change what it has got", "[session]") {
  Project project(test::pulling_capabilities());
  const auto pull = [&](const std::string& name) {
    return project.call("textDocument/diagnostic", {{"textDocument", {{"uri", project.uri(name)}}}})["items"].size();
  };
  const auto refreshes = [&] { return project.received("workspace/diagnostic/refresh"); };
  project.folder.write("helpers.py", kBlocks);
  project.open(project.uri("app.py"), kApp);
  CHECK(pull("app.py") == 1);
  project.open(project.uri("helpers.py"), kBlocks);
  CHECK(pull("helpers.py") == 0);
  CHECK(refreshes().empty());

  project.replace(project.uri("helpers.py"), 2, kHarmless);
  REQUIRE(refreshes().size() == 1);
  CHECK(pull("app.py") == 0);
  project.replace(project.uri("helpers.py"), 3, kBlocks);
  CHECK(refreshes().size() == 1);  // the client has not answered
  project.answer(refreshes()[0]["id"], nullptr);
  REQUIRE(refreshes().size() == 2);
  project.answer(refreshes()[1]["id"], nullptr);
  CHECK(refreshes().size() == 2);
  CHECK(pull("app.py") == 1);

  project.change(project.uri("app.py"), 2, {4, 4, 4, 10}, "pass");
  CHECK(refreshes().size() == 2);  // who edits a document asks for it
}

TEST_CASE("the first answer to a pull knows what the document imports", "[session]") {
  FakeClient client(test::real_engine(true));
  client.initialize(test::pulling_capabilities());
  TempFolder folder;
  folder.write("helpers.py", kBlocks);
  const std::string uri = "file://" + folder.path() + "/app.py";
  client.open(uri, kApp);
  const int id = client.start_request("textDocument/diagnostic", {{"textDocument", {{"uri", uri}}}});
  client.executor().run_one();
  client.settle();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0]["result"]["items"].size() == 1);
  client.run_jobs();
  CHECK(client.received("workspace/diagnostic/refresh").empty());
}

TEST_CASE("saving a document costs nothing", "[session]") {
  Project project;
  project.folder.write("helpers.py", kBlocks);
  project.folder.write("app.py", kApp);
  project.open(project.uri("app.py"), kApp);
  const auto before = project.session().core().counters.analyses;
  const json saved = {{"changes", {{{"uri", project.uri("app.py")}, {"type", 2}}}}};
  project.notify("workspace/didChangeWatchedFiles", saved);
  CHECK(project.session().core().counters.analyses == before);
  project.folder.write("helpers.py", kHarmless);
  project.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", project.uri("helpers.py")}, {"type", 2}}}}});
  CHECK(project.codes("app.py").empty());
}

TEST_CASE("the trees of a file go when no open document depends on it", "[session]") {
  Project project;
  project.folder.write("helpers.py", kBlocks);
  project.open(project.uri("app.py"), kApp);
  std::weak_ptr<const project::Module> read;
  {
    auto* document = project.session().core().documents.find(project.uri("app.py"));
    const auto seen = document->snapshot->analysis->project();
    read = seen->program().file(project.folder.path() + "/helpers.py");
  }
  CHECK_FALSE(read.expired());
  project.close(project.uri("app.py"));
  CHECK(read.expired());
}

TEST_CASE("a comment in a helper costs its callers nothing", "[session]") {
  Project project;
  project.folder.write("helpers.py", kBlocks);
  project.open(project.uri("app.py"), kApp);
  project.open(project.uri("helpers.py"), kBlocks);
  const auto before = project.session().core().counters.analyses;
  project.change(project.uri("helpers.py"), 2, {3, 0, 3, 0}, "# what it does\n");
  CHECK(project.session().core().counters.analyses == before + 1);
  CHECK(project.codes("app.py") == Codes{"RT102"});
}

TEST_CASE("files that appear, change or go on the disk count at once", "[session]") {
  Project project;
  project.open(project.uri("app.py"), kApp);
  CHECK(project.codes("app.py").empty());
  const auto changed = [&](int type) {
    project.notify("workspace/didChangeWatchedFiles",
                   {{"changes", json::array({{{"uri", project.uri("helpers.py")}, {"type", type}}})}});
  };
  project.folder.write("helpers.py", kBlocks);
  changed(1);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  project.folder.write("helpers.py", kHarmless);
  changed(2);
  CHECK(project.codes("app.py").empty());
  project.folder.write("helpers.py", kBlocks);
  changed(2);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  project.folder.remove("helpers.py");
  changed(3);
  CHECK(project.codes("app.py").empty());
}

TEST_CASE("an import that is typed finds its file", "[session]") {
  Project project;
  project.folder.write("helpers.py", kBlocks);
  project.open(project.uri("app.py"), "\n\n\nasync def handler():\n    load()\n");
  CHECK(project.codes("app.py").empty());
  project.change(project.uri("app.py"), 2, {0, 0, 0, 0}, "from helpers import load");
  CHECK(project.codes("app.py") == Codes{"RT102"});
}

TEST_CASE("imports are followed into the packages of the environment where the configuration says so", "[session]") {
  const std::string packages = ".venv/lib/python3.12/site-packages/";
  Project project;
  project.files[project.folder / "pyproject.toml"] = "[tool.surefoot]\nfollow-imports = \"environment\"\n";
  project.folder.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
  project.folder.write(packages + "helpers.py", "from wires import send\n\n\ndef load():\n    send()\n");
  project.folder.write(packages + "wires.py", "import time\n\n\ndef send():\n    time.sleep(1)\n");
  project.open(project.uri("app.py"), kApp);
  CHECK(project.codes("app.py") == Codes{"RT102"});
  const json place = {{"textDocument", {{"uri", project.uri("app.py")}}},
                      {"position", {{"line", 3}, {"character", 11}}}};
  CHECK(project.call("textDocument/hover", place).dump().find("time.sleep") != std::string::npos);

  project.folder.write(packages + "wires.py", "def send():\n    pass\n");
  project.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", project.uri(packages + "wires.py")}, {"type", 2}}}}});
  CHECK(project.codes("app.py").empty());
}

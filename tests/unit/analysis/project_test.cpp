// Several files of one project: which file an import means, and what follows from calls across them.

#include "analysis/engine/project.hpp"

#include <random>

#include "analysis/engine/analyze.hpp"
#include "analysis/project/import_search.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

std::shared_ptr<const engine::Config> all_rules() {
  auto config = std::make_shared<engine::Config>();
  config->select = {"RT10"};
  return config;
}

project::ModulePtr read(const std::string& path, const std::string& code) {
  return engine::read_file({path, {}}, text::SourceText(code));
}

engine::ProjectPtr project_of(const Files& files, std::shared_ptr<const engine::Config> config = all_rules()) {
  std::vector<project::ModulePtr> modules;
  for (const auto& [path, code] : files) modules.push_back(read(path, code));
  return std::make_shared<const engine::Project>(std::make_shared<const project::Program>(std::move(modules)),
                                                 std::move(config));
}

std::string found(const engine::FileAnalysis& analysis) {
  std::string all;
  for (const engine::Finding& finding : analysis.findings()) {
    all += finding.code + " " + std::to_string(analysis.text().line_of(finding.span.start) + 1) + ": " +
           finding.message + "\n";
    for (const engine::Related& related : finding.related) {
      all += "  " + related.path + "@" + std::to_string(related.span.start) + " " + related.message + "\n";
    }
  }
  return all;
}

std::string found_in(const Files& files, std::size_t which,
                     const std::shared_ptr<const engine::Config>& config = all_rules()) {
  const auto& [path, code] = files[which];
  return found(*engine::analyze({{path, {}}, text::SourceText(code)}, config, project_of(files, config)));
}

// The file that an import in `importer` means, among these.
std::string meant(const std::vector<std::string>& paths, project::Place importer, std::string_view dotted) {
  const project::Files files{
      [&](const std::string& path) { return std::find(paths.begin(), paths.end(), path) != paths.end(); },
      [&](const std::string& path) {
        return std::any_of(paths.begin(), paths.end(),
                           [&](const std::string& one) { return one.starts_with(path + "/"); });
      }};
  return project::find_import(importer, dotted, files).location;
}

}  // namespace

TEST_CASE("a source root goes by one name, however the configuration writes it") {
  engine::Config config;
  config.src = {".", "./lib/", "../shared", "/opt//code/", "a/../b"};
  CHECK(engine::place_in("app.py", "/p", true, config).source_roots ==
        std::vector<std::string>{"/p", "/p/lib", "/shared", "/opt/code", "/p/b"});
  CHECK(engine::place_in("app.py", "", true, config).source_roots ==
        std::vector<std::string>{"", "lib", "../shared", "/opt/code", "b"});
}

TEST_CASE("an import means the file that Python would run") {
  const std::vector<std::string> paths = {"/p/app/__init__.py",   "/p/app/db.py",        "/p/app/api/__init__.py",
                                          "/p/app/api/routes.py", "/p/src/lib/tools.py", "/p/services/a/x.py",
                                          "/p/services/a/y.py",   "/p/services/b/y.py",  "/p/both.py",
                                          "/p/both/__init__.py",  "/p/app/api/helper.py"};
  const project::Place routes{"app/api/routes.py", "/p", {}};
  CHECK(meant(paths, routes, "app.db") == "/p/app/__init__.py");
  CHECK(meant(paths, routes, "lib.tools.run") == "/p/src/lib/tools.py");
  CHECK(meant(paths, routes, "both") == "/p/both/__init__.py");
  CHECK(meant(paths, routes, "helper").empty());  // its folder is a package
  CHECK(meant(paths, routes, "requests").empty());
  CHECK(meant(paths, {"services/a/x.py", "/p", {}}, "y") == "/p/services/a/y.py");
  CHECK(meant(paths, {"services/b/z.py", "/p", {}}, "y") == "/p/services/b/y.py");
  CHECK(meant(paths, {"app/db.py", "/p", {"/p/services/b"}}, "y") == "/p/services/b/y.py");
}

TEST_CASE("imports above a root that nothing says to be one are found") {
  const std::vector<std::string> paths = {"/x/shop/main.py", "/x/shop/web/views.py"};
  project::Place views{"views.py", "/x/shop/web", {}};
  CHECK(meant(paths, views, "main").empty());
  views.open_above = true;
  CHECK(meant(paths, views, "main") == "/x/shop/main.py");
}

TEST_CASE("names lead through re-exports, stars, relative and circular imports") {
  const Files files = {
      {"app/__init__.py", "from .core import *\nfrom .net import fetch as get\n"},
      {"app/core.py", "import time\n\n\ndef nap():\n    time.sleep(1)\n\n\ndef _hidden():\n    time.sleep(1)\n"},
      {"app/net.py", "import requests\nfrom app import core\n\n\ndef fetch():\n    core.nap()\n"},
      {"app/ring.py", "from app.gnir import *\n"},
      {"app/gnir.py", "from app.ring import *\n"},
      {"main.py",
       "import app\nfrom app import get, nap\nfrom app.ring import nothing\nimport app.core as c\n\n\n"
       "async def f():\n    get()\n    nap()\n    app.nap()\n    c.nap()\n    app.get()\n    nothing()\n    "
       "app._hidden()\n"}};
  const std::string all = found_in(files, 5);
  for (const char* line : {"RT102 8:", "RT102 9:", "RT102 10:", "RT102 11:", "RT102 12:"}) {
    CHECK_THAT(all, ContainsSubstring(line));
  }
  CHECK_THAT(all, !ContainsSubstring("RT102 13:"));
  CHECK_THAT(all, !ContainsSubstring("RT102 14:"));
}

TEST_CASE("a folder without `__init__.py` in a package is a part of it") {
  for (const char* import :
       {"from .api.client import Client\n", "from app.api.client import Client\n",
        "from .api import client\nClient = client.Client\n", "from app import api\nClient = api.client.Client\n",
        "import app.api.client\nClient = app.api.client.Client\n"}) {
    CAPTURE(import);
    const Files files = {
        {"app/__init__.py", ""},
        {"app/api/client.py", "import time\n\n\nclass Client:\n    def load(self):\n        time.sleep(1)\n"},
        {"app/main.py", std::string(import) + "\n\nasync def run():\n    Client().load()\n"}};
    CHECK_THAT(found_in(files, 2), ContainsSubstring("`Client.load` blocks the event loop"));
  }
}

TEST_CASE("the shortest chain is told, hop by hop, with its places") {
  const Files files = {{"a.py", "import time\n\n\ndef low():\n    time.sleep(1)\n"},
                       {"b.py", "import a\n\n\ndef long():\n    high()\n\n\ndef high():\n    a.low()\n"},
                       {"c.py", "import b\n\n\nasync def f():\n    b.long()\n"}};
  CHECK(found_in(files, 2) ==
        "RT102 5: `long` blocks the event loop: long → high → low → time.sleep\n"
        "  b.py@27 `long` calls `high`\n"
        "  b.py@52 `high` calls `low`\n"
        "  a.py@29 `time.sleep` sleeps in `low`\n");
}

TEST_CASE("a suppression at a cause in another file silences it for all callers") {
  const std::string helper = "import time\n\n\ndef load():\n    time.sleep(1)";
  const std::string caller = "from helpers import load\n\n\nasync def f():\n    load()\n";
  CHECK(found_in({{"app.py", caller}, {"helpers.py", helper + "\n"}}, 0).starts_with("RT102"));
  CHECK(found_in({{"app.py", caller}, {"helpers.py", helper + "  # surefoot: ignore[RT102]\n"}}, 0).empty());
  CHECK(found_in({{"app.py", caller}, {"helpers.py", "# surefoot: ignore-file[RT101]\n" + helper}}, 0).empty());
}

TEST_CASE("cycles of calls end, and what they lead to is found") {
  const Files files = {{"m.py",
                        "import time\n\n\ndef a(n):\n    b(n)\n\n\ndef b(n):\n    c(n)\n    a(n)\n\n\ndef c(n):\n    "
                        "time.sleep(n)\n    b(n)\n\n\n"
                        "def x():\n    y()\n\n\ndef y():\n    x()\n\n\nasync def f():\n    a(1)\n    x()\n"}};
  const std::string all = found_in(files, 0);
  CHECK_THAT(all, ContainsSubstring("a → b → c → time.sleep"));
  CHECK_THAT(all, !ContainsSubstring("`x`"));
}

TEST_CASE("a chain of ten thousand functions and a class of a thousand methods cost no stack") {
  std::string chain = "import time\n\n\ndef f0():\n    time.sleep(1)\n";
  for (int i = 1; i < 10'000; ++i) {
    chain += "\n\ndef f" + std::to_string(i) + "():\n    f" + std::to_string(i - 1) + "()\n";
  }
  chain += "\n\nasync def top():\n    f9999()\n";
  CHECK_THAT(found_in({{"m.py", chain}}, 0), ContainsSubstring("→ … → time.sleep"));
  std::string methods = "import time\n\n\nclass C:\n    def m0(self):\n        time.sleep(1)\n";
  for (int i = 1; i < 1000; ++i) {
    methods += "\n    def m" + std::to_string(i) + "(self):\n        self.m" + std::to_string(i - 1) + "()\n";
  }
  methods += "\n\nasync def top(c: C):\n    c.m999()\n";
  CHECK_THAT(found_in({{"m.py", methods}}, 0), ContainsSubstring("RT102"));
}

TEST_CASE("what others see of a file changes with its effects, not with its places") {
  const auto config = all_rules();
  const auto hash = [&](const std::string& code) {
    return engine::analyze({{"m.py", {}}, text::SourceText(code)}, config)->interface_hash();
  };
  const std::string code = "import time\n\n\ndef f():\n    time.sleep(1)\n";
  CHECK(hash(code) == hash("# a comment\n" + code));
  CHECK(hash(code) == hash("import time\n\n\ndef f():\n    # why\n    time.sleep(1)\n"));
  CHECK(hash(code) != hash("import time\n\n\ndef f():\n    pass\n"));
  CHECK(hash(code) != hash("import time\n\n\nasync def f():\n    time.sleep(1)\n"));
}

TEST_CASE("a project seen whole and a file seen with what it leads to say the same") {
  const Files files = {{"a.py", "import time\n\n\ndef low():\n    time.sleep(1)\n"},
                       {"b.py", "from a import low\n\n\ndef high():\n    low()\n\n\nasync def g():\n    low()\n"},
                       {"c.py", "import b\n\n\nasync def f():\n    b.high()\n"}};
  const auto config = all_rules();
  const engine::ProjectPtr project = project_of(files, config);
  std::vector<std::shared_ptr<engine::AnalyzedFile>> checked;
  for (const project::ModulePtr& module : project->program().all()) {
    checked.push_back(engine::check(module, config, project));
  }
  std::vector<project::Effects::Root> roots;
  for (const auto& file : checked) {
    if (auto root = engine::root_of(*file)) roots.push_back(std::move(*root));
  }
  const auto effects = std::make_shared<const project::Effects>(
      roots, [&](const std::vector<project::Wanted>& wanted) { return project->facts_of(wanted); });
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK(found(*engine::conclude(checked[i], effects)) == found_in(files, i));
  }
}

TEST_CASE("what plain functions say is asked for when a call leads to them, and only then") {
  const Files files = {{"a.py",
                        "import time\n\n\ndef low():\n    middle()\n\n\ndef middle():\n    time.sleep(1)\n\n\n"
                        "def other():\n    time.sleep(2)\n"},
                       {"b.py", "from a import low\n\n\nasync def f():\n    low()\n"},
                       {"c.py", "import a\n\n\ndef lone():\n    a.other()\n"}};
  const auto config = all_rules();
  const engine::ProjectPtr project = project_of(files, config);
  std::vector<std::shared_ptr<engine::AnalyzedFile>> checked;
  std::vector<project::Effects::Root> roots;
  for (const project::ModulePtr& module : project->program().all()) {
    checked.push_back(engine::check(module, config, project));
    if (auto root = engine::root_of(*checked.back())) roots.push_back(std::move(*root));
  }
  REQUIRE(roots.size() == 1);
  CHECK(roots.front().module == project::module_key("b.py"));
  std::vector<project::FunctionKey> asked;
  const auto effects = std::make_shared<const project::Effects>(roots, [&](const std::vector<project::Wanted>& wanted) {
    std::vector<project::FactsPtr> facts;
    for (const project::Wanted& one : wanted) {
      for (const std::uint64_t path : one.functions) asked.push_back({one.module, path});
      facts.push_back(project->some_facts(one).facts);
      CHECK_FALSE(facts.back()->is_complete);
    }
    return facts;
  });
  const auto named = [](const char* path) {
    return project::FunctionKey{project::module_key("a.py"), project::path_key(path)};
  };
  CHECK(asked == std::vector{named("low"), named("middle")});
  CHECK(found(*engine::conclude(checked[1], effects)) == found_in(files, 1));
}

namespace {

// Random edits of random files: whatever was kept, the findings are those of a project that is read anew.
void edit_at_random(Files files, const std::vector<std::string>& lines,
                    const std::shared_ptr<const engine::Config>& config) {
  std::mt19937 random(7);
  engine::ProjectPtr project = project_of(files, config);
  std::vector<std::shared_ptr<const engine::FileAnalysis>> now;
  for (const auto& [path, code] : files) {
    now.push_back(engine::analyze({{path, {}}, text::SourceText(code)}, config, project));
  }
  for (int step = 0; step < 150; ++step) {
    const std::size_t which = random() % files.size();
    const text::SourceText& text = now[which]->text();
    const auto line = static_cast<std::uint32_t>(random() % text.line_count());
    const std::uint32_t start = text.line_start(line);
    const std::uint32_t end = random() % 3 == 0 ? text.line_start(line + 1) : start;
    const text::TextEdit edit{{start, end}, random() % 4 == 0 ? "" : lines[random() % lines.size()]};
    now[which] = engine::reanalyze(*now[which], {edit}, config, project);
    project = project->with(now[which]->module());
    for (std::size_t i = 0; i < now.size(); ++i) {
      now[i] = engine::reanalyze(*now[i], {}, config, project);
      files[i].second = now[i]->text().bytes();
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
      INFO("step " << step << ", " << files[i].first << ":\n" << files[i].second);
      REQUIRE(found(*now[i]) == found_in(files, i, config));
    }
  }
}

}  // namespace

TEST_CASE("after any edits of any files, findings are those of the files alone") {
  edit_at_random({{"m.py", "import time\n\n\ndef low():\n    pass\n"},
                  {"n.py", "from m import low\nimport m\nimport time\n\n\ndef high():\n    low()\n"},
                  {"o.py",
                   "from n import high\nfrom m import low\nimport m\n\n\ndef top():\n    high()\n\n\nasync def f():\n  "
                   "  top()\n"}},
                 {"    time.sleep(1)\n", "    low()\n", "    high()\n", "    pass\n", "    return low\n", "# note\n",
                  "    m.low()\n", "    top()\n", "import time\n", "import m\n", "from m import low\n"},
                 all_rules());
}

TEST_CASE("after any edits of any files, what they hand to threads, serve and lock is that of the files alone") {
  auto config = std::make_shared<engine::Config>();
  config->select = {"RT1", "RT213", "RT3"};
  const std::string low =
      "import asyncio\nimport threading\nimport time\n\nqueue = asyncio.Queue()\nrows = []\nguard = "
      "threading.Lock()\n\n\n"
      "class Base:\n    def __init__(self):\n        self.lock = threading.Lock()\n\n    def run(self):\n        "
      "self.step()\n"
      "\n    def step(self):\n        pass\n\n\ndef low():\n    queue.put_nowait(1)\n    rows.append(1)\n    with "
      "guard:\n"
      "        time.sleep(1)\n";
  const std::string middle =
      "import asyncio\nimport threading\nimport time\nimport m\nfrom m import Base, low, guard\n\n\nclass Own(Base):\n"
      "    def step(self):\n        with self.lock:\n            time.sleep(1)\n\n\ndef high():\n    low()\n\n\n"
      "threading.Thread(target=high).start()\n";
  const std::string top =
      "import asyncio\nimport threading\nfrom flask import Flask\nfrom n import Own, high\nfrom m import low, guard\n\n"
      "app = Flask(__name__)\n\n\n@app.route('/')\ndef view():\n    high()\n\n\ndef hold():\n    with guard:\n"
      "        high()\n\n\nasync def main():\n    Own().run()\n    asyncio.get_running_loop().call_soon(high)\n"
      "    threading.Thread(target=low).start()\n";
  edit_at_random({{"m.py", low}, {"n.py", middle}, {"o.py", top}},
                 {"    low()\n", "    high()\n", "    pass\n", "        low()\n", "    time.sleep(1)\n", "# note\n",
                  "    threading.Thread(target=low).start()\n", "        self.step()\n", "    with guard:\n",
                  "        time.sleep(1)\n", "    rows.append(2)\n", "    queue.put_nowait(2)\n",
                  "    def step(self):\n", "from m import guard, low\n", "    Own().run()\n"},
                 config);
}

}  // namespace surefoot::test

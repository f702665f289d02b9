// The call graph of several files, and what is told from it about one function.

#include "analysis/project/call_graph.hpp"

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/explain.hpp"
#include "analysis/engine/hot_paths.hpp"
#include "analysis/engine/wiring.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;
using project::CallGraph;

CallGraph graph_of(const Files& files) {
  std::vector<project::ModulePtr> modules;
  for (const auto& [path, code] : files) modules.push_back(engine::read_file({path, {}}, text::SourceText(code)));
  const project::Program program(modules);
  std::vector<project::ModuleCallsPtr> calls;
  for (const project::ModulePtr& module : modules) calls.push_back(engine::wire(module, program, {}).calls);
  return CallGraph(std::move(calls));
}

std::uint32_t number_of(const CallGraph& graph, std::string_view name) {
  for (const std::uint32_t number : graph.numbers()) {
    if (graph.function(number).name == name) return number;
  }
  FAIL("no function " << name);
  return 0;
}

std::string shown(const project::Site& site) {
  return site.file->place().path + ":" + std::to_string(site.file->text().line_of(site.span.start) + 1);
}

std::string headline(const CallGraph& graph, std::string_view name) {
  return engine::headline(engine::explain(graph, number_of(graph, name)), shown);
}

std::string steps(const std::vector<engine::Step>& all) {
  std::string text;
  for (const engine::Step& step : all) text += "  " + shown(step.site) + " " + step.message + "\n";
  return text;
}

std::string effects(const CallGraph& graph, std::string_view name) {
  std::string text;
  for (const auto& effect : engine::explain(graph, number_of(graph, name)).effects) {
    text += effect.name + " " + effect.what + "\n" + steps(effect.steps);
  }
  return text;
}

std::string reached(const CallGraph& graph, std::string_view name) {
  std::string text;
  for (const auto& reach : engine::explain(graph, number_of(graph, name)).reached) {
    text += engine::describe(reach) + "\n" + steps(reach.steps);
  }
  return text;
}

const Files kShop = {
    {"client.py",
     "import time\nimport requests\n\n\ndef fetch(url):\n    time.sleep(1)\n    return requests.get(url, timeout=3)\n"},
    {"service.py",
     "from client import fetch\n\n\nclass Orders:\n    def load(self, number):\n        return "
     "fetch(f'/orders/{number}')\n"},
    {"api.py",
     "from service import Orders\n\n\nasync def view(number):\n    return Orders().load(number)\n\n\nasync def "
     "outer():\n"
     "    return await view(1)\n\n\nasync def other():\n    return Orders().load(2)\n"},
};

}  // namespace

TEST_CASE("a function is explained by what it does and by who reaches it, over all files") {
  const CallGraph graph = graph_of(kShop);
  CHECK(headline(graph, "Orders.load") ==
        "sync · blocks: requests.get at client.py:7 and 1 more · reached from the event loop by 2 coroutines");
  CHECK(effects(graph, "Orders.load") ==
        "requests.get waits for the network\n"
        "  service.py:6 `Orders.load` calls `fetch`\n"
        "  client.py:7 `requests.get` waits for the network in `fetch`\n"
        "time.sleep sleeps\n"
        "  service.py:6 `Orders.load` calls `fetch`\n"
        "  client.py:6 `time.sleep` sleeps in `fetch`\n");
  CHECK(reached(graph, "fetch") ==
        "coroutine `other`\n"
        "  api.py:13 `other` calls `Orders.load`\n"
        "  service.py:6 `Orders.load` calls `fetch`\n"
        "coroutine `view`\n"
        "  api.py:5 `view` calls `Orders.load`\n"
        "  service.py:6 `Orders.load` calls `fetch`\n");
}

TEST_CASE("a coroutine has the effects of the plain functions it calls, and is called by others") {
  const CallGraph graph = graph_of(kShop);
  CHECK(headline(graph, "view") ==
        "async · blocks: requests.get at client.py:7 and 1 more · runs on the event loop, called by 1 function");
  CHECK(reached(graph, "view") == "coroutine `outer`\n  api.py:9 `outer` calls `view`\n");
  CHECK(headline(graph, "outer") == "async · no effect known · runs on the event loop");
  CHECK(headline(graph_of({{"a.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n"}}), "f") ==
        "async · blocks: time.sleep at a.py:5 · runs on the event loop");
}

TEST_CASE("what is handed over runs elsewhere") {
  const CallGraph graph = graph_of({{"jobs.py",
                                     "import asyncio\nimport threading\nimport time\nfrom functools import partial\n"
                                     "from concurrent.futures import ProcessPoolExecutor\n\n\n"
                                     "def work(n=0):\n    time.sleep(n)\n\n\n"
                                     "def later():\n    work()\n\n\n"
                                     "def crunch():\n    work()\n\n\n"
                                     "async def main():\n    await asyncio.to_thread(partial(work, 3))\n"
                                     "    loop = asyncio.get_running_loop()\n    loop.call_soon(later)\n"
                                     "    pool = ProcessPoolExecutor()\n    pool.submit(crunch)\n"
                                     "    await asyncio.to_thread(lambda: work(2))\n\n\n"
                                     "def start():\n    threading.Thread(target=work).start()\n\n\n"
                                     "class Worker(threading.Thread):\n    def run(self):\n        work(1)\n"}});
  CHECK(headline(graph, "work") ==
        "sync · blocks: time.sleep at jobs.py:9 · called by the event loop, run in a thread, run in another process");
  CHECK(reached(graph, "work") ==
        "the event loop, by `main`\n"
        "  jobs.py:23 `main` has the event loop call `later`\n"
        "  jobs.py:13 `later` calls `work`\n"
        "a thread, by `Worker.run`\n"
        "  jobs.py:35 `Worker.run` calls `work`\n"
        "a thread, by `main`\n"
        "  jobs.py:21 `main` has a thread run `work`\n"
        "a thread, by `start`\n"
        "  jobs.py:30 `start` has a thread run `work`\n"
        "a process, by `main`\n"
        "  jobs.py:25 `main` has a process run `crunch`\n"
        "  jobs.py:17 `crunch` calls `work`\n");
  CHECK(headline(graph, "main") == "async · no effect known · runs on the event loop");
}

TEST_CASE("what is handed to a function of the project is run by it, if it calls it") {
  const std::string code =
      "import time\n\n\ndef retry(fn, log):\n    return fn()\n\n\ndef work():\n    time.sleep(1)\n\n\n"
      "async def a():\n    retry(work, print)\n\n\nasync def b():\n    retry(print, work)\n\n\n"
      "async def c():\n    retry(lambda: work(), print)\n    sorted([1], key=work)\n";
  const CallGraph graph = graph_of({{"a.py", code}});
  CHECK(headline(graph, "work") == "sync · blocks: time.sleep at a.py:9 · reached from the event loop by 2 coroutines");
  CHECK(reached(graph, "work") ==
        "coroutine `a`\n  a.py:13 `a` has `retry` call `work`\n"
        "coroutine `c`\n  a.py:22 `c` calls `work`\n");
  CHECK(headline(graph, "c") == "async · blocks: time.sleep at a.py:9 · runs on the event loop");
  const auto at = [&](std::string_view text, std::size_t more) -> std::string {
    const auto found = graph.named_at(project::module_key("a.py"), static_cast<std::uint32_t>(code.find(text) + more));
    return found ? std::string(graph.function(*found).name) : "";
  };
  CHECK(at("retry(work, print)", 2) == "retry");
  CHECK(at("retry(work, print)", 7) == "work");
  CHECK(at("lambda: work()", 2) == "a lambda");
  CHECK(at("lambda: work()", 9) == "work");
  CHECK(at("sorted", 2).empty());
}

TEST_CASE("a name in a `with` is that of the call, not of what Python calls round the block") {
  const std::string code =
      "import time\n\n\nclass Connection:\n    def __enter__(self):\n        time.sleep(1)\n\n"
      "    def __exit__(self, *_):\n        pass\n\n\ndef connect() -> Connection:\n    return Connection()\n\n\n"
      "async def f():\n    with connect() as c:\n        pass\n";
  const CallGraph graph = graph_of({{"a.py", code}});
  const auto found = graph.named_at(project::module_key("a.py"), static_cast<std::uint32_t>(code.find("connect() as")));
  REQUIRE(found);
  CHECK(graph.function(*found).name == "connect");
  CHECK(effects(graph, "f") ==
        "time.sleep sleeps\n  a.py:17 `f` calls `Connection.__enter__`\n"
        "  a.py:6 `time.sleep` sleeps in `Connection.__enter__`\n");
}

TEST_CASE("code at module level runs at import, or in the main program") {
  const CallGraph graph =
      graph_of({{"settings.py",
                 "import requests\n\n\ndef load():\n    return requests.get('x', timeout=1).json()\n\n\n"
                 "SETTINGS = load()\n"},
                {"tool.py", "from settings import load\n\nif __name__ == '__main__':\n    load()\n"}});
  CHECK(headline(graph, "load") ==
        "sync · blocks: requests.get at settings.py:5 · run at import, run by the main program");
  CHECK(reached(graph, "load") ==
        "import of `settings.py`\n  settings.py:8 the import of `settings.py` calls `load`\n"
        "the main program `tool.py`\n  tool.py:4 the program `tool.py` calls `load`\n");
  CHECK(headline(graph, "settings.py") == "import · blocks: requests.get at settings.py:5");
}

TEST_CASE("the code outside functions is one function, in however many parts it stands") {
  const CallGraph graph = graph_of({{"a.py",
                                     "import time\n\n\ndef f():\n    pass\n\n\nf()\n\n\ndef g():\n    pass\n\n\n"
                                     "time.sleep(1)\n\nif __name__ == '__main__':\n    g()\n\nf()\ntime.sleep(2)\n\n"
                                     "if __name__ == '__main__':\n    f()\n"},
                                    {"b.py", "x = 1\n\n\ndef f():\n    pass\n\n\ny = 2\n"}});
  std::string functions;
  for (const std::uint32_t number : graph.numbers()) {
    functions += graph.path_of(number) + " ";
    for (const std::uint32_t call : graph.function(number).calls) {
      functions += std::string(graph.function(graph.call(call).callee).name) + "@" + shown(graph.call(call).site) + " ";
    }
    for (const auto& cause : graph.causes_of(number))
      functions += std::string(cause.name) + "@" + shown(cause.site) + " ";
  }
  CHECK(functions == "a f@a.py:8 f@a.py:20 time.sleep@a.py:15 time.sleep@a.py:21 a.f a.g a f@a.py:24 g@a.py:18 b b.f ");
  CHECK(graph.functions_of(project::module_key("b.py")).size() == 2);
  CHECK(graph.functions_of(project::module_key("c.py")).empty());
}

TEST_CASE("the text of a file that is not kept is what stands there now, if it is the same") {
  struct Disk final : project::Texts {
    text::SourceText now;
    text::SourceText text(const project::Place& place) const override {
      CHECK(place.path == "a.py");
      return now;
    }
  };
  const text::SourceText code("def f():\n    pass\n");
  const project::ModulePtr module = engine::read_file({"a.py", {}}, code);
  const project::Program program({module});
  CHECK(engine::wire(module, program, {}).calls->file->text().bytes() == code.bytes());

  const auto disk = std::make_shared<Disk>();
  const auto file = engine::wire(module, program, {}, disk).calls->file;
  disk->now = text::SourceText(std::string(code.bytes()));
  CHECK(file->text().bytes() == code.bytes());
  CHECK(file->is_of(disk->now));
  for (const char* other : {"def g():\n    pass\n", "def f():\n    pass\n\n", ""}) {
    disk->now = text::SourceText(other);
    CHECK(file->text().bytes().empty());
    CHECK_FALSE(file->is_of(disk->now));
  }
}

TEST_CASE("routes and task workers are known by their decorators") {
  const CallGraph graph = graph_of({{"app.py",
                                     "import time\nfrom celery import shared_task\nfrom fastapi import FastAPI\n\n"
                                     "app = FastAPI()\n\n\n@app.get('/')\ndef index():\n    time.sleep(1)\n\n\n"
                                     "@shared_task\ndef job():\n    time.sleep(1)\n\n\n@app.get('/a')\nasync def a():\n"
                                     "    pass\n"}});
  CHECK(headline(graph, "index") == "sync · blocks: time.sleep at app.py:10 · run for web requests");
  CHECK(headline(graph, "job") == "sync · blocks: time.sleep at app.py:15 · run by a worker");
  CHECK(headline(graph, "a") == "async · no effect known · runs on the event loop, run for web requests");
}

TEST_CASE("cycles and unknown callees are no obstacle") {
  const CallGraph graph =
      graph_of({{"a.py",
                 "import time\n\n\ndef f(n):\n    return g(n)\n\n\ndef g(n):\n    f(n - 1)\n"
                 "    time.sleep(1)\n    unknown(n)\n\n\nasync def h():\n    f(3)\n    list(f(1))\n"}});
  CHECK(headline(graph, "g") == "sync · blocks: time.sleep at a.py:10 · reached from the event loop by 1 coroutine");
  CHECK(headline(graph_of({{"a.py", "def f():\n    pass\n"}}), "f") ==
        "sync · no effect known · nothing known that calls it");
}

TEST_CASE("a suppressed or deselected report is an effect all the same") {
  const CallGraph graph =
      graph_of({{"tests/test_a.py", "import time\n\n\nasync def f():\n    time.sleep(1)  # surefoot: ignore\n"}});
  CHECK(headline(graph, "f") == "async · blocks: time.sleep at tests/test_a.py:5 · runs on the event loop");
}

TEST_CASE("a name is found at its definition and where it is called or handed over") {
  const std::string code =
      "import asyncio\n\n\nclass A:\n    def work(self):\n        pass\n\n\nasync def main():\n    a = A()\n    "
      "a.work()\n"
      "    await asyncio.to_thread(a.work)\n";
  const CallGraph graph = graph_of({{"a.py", code}});
  const project::ModuleKey key = project::module_key("a.py");
  const auto at = [&](std::size_t offset) -> std::string {
    const auto found = graph.named_at(key, static_cast<std::uint32_t>(offset));
    return found ? std::string(graph.function(*found).name) : "";
  };
  CHECK(at(code.find("work(self)")) == "A.work");
  CHECK(at(code.find("work(self)") + 4) == "A.work");
  CHECK(at(code.find("a.work()") + 2) == "A.work");
  CHECK(at(code.find("a.work()")).empty());
  CHECK(at(code.find("a.work)") + 3) == "A.work");
  CHECK(at(code.find("main")) == "main");
  CHECK(at(code.find("to_thread")).empty());
  CHECK_FALSE(graph.named_at(1, 0));

  const auto around = [&](std::string_view text) {
    return graph.function(*graph.around(key, static_cast<std::uint32_t>(code.find(text)))).name;
  };
  CHECK(around("pass") == "A.work");
  CHECK(around("await") == "main");
  CHECK(around("import") == "a.py");
  CHECK(around("class") == "a.py");
}

TEST_CASE("only the ways from coroutines and imports to what blocks are hot") {
  Files files = kShop;
  files.push_back(
      {"tools.py", "from client import fetch\n\n\ndef script():\n    return fetch('x')\n\n\ndef idle():\n    pass\n"});
  files.push_back({"config.py",
                   "import psycopg2\n\n\ndef connect():\n    return psycopg2.connect('db')\n\n\nDB = connect()\n\n\n"
                   "def connect_later():\n    return psycopg2.connect('db')\n"});
  const CallGraph graph = graph_of(files);
  const auto names = [&](const engine::HotPaths& paths) {
    std::string text;
    for (const std::uint32_t number : paths.functions) text += std::string(graph.function(number).name) + " ";
    for (const auto& sink : paths.sinks) text += "(" + sink.name + " " + sink.what + ") ";
    return text + std::to_string(paths.edges.size()) + " " + std::to_string(paths.to_sinks.size());
  };
  const auto all = engine::hot_paths(graph, [](const auto&) { return true; });
  CHECK(names(all) ==
        "view other fetch config.py connect Orders.load (psycopg2.connect opens a connection) "
        "(psycopg2.connect waits for the database) (requests.get waits for the network) (time.sleep sleeps) 4 4");
  const auto from_other = engine::hot_paths(graph, [](const auto& function) { return function.name == "other"; });
  CHECK(names(from_other) == "other fetch Orders.load (requests.get waits for the network) (time.sleep sleeps) 2 2");
  CHECK(names(engine::paths_through(graph, {number_of(graph, "script")})) ==
        "fetch script (requests.get waits for the network) (time.sleep sleeps) 1 2");
  CHECK(names(engine::paths_through(graph, {number_of(graph, "idle")})) == "idle 0 0");
}

}  // namespace surefoot::test

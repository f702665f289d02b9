// The refactoring that makes functions asynchronous, over several files, and all that it must refuse.

#include "analysis/engine/make_async.hpp"

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/wiring.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

engine::AsyncPlan plan_of(const Files& files, std::string_view name) {
  const auto config = std::make_shared<const engine::Config>();
  std::vector<project::ModulePtr> modules;
  for (const auto& [path, code] : files) modules.push_back(engine::read_file({path, {}}, text::SourceText(code)));
  const project::Program program(modules);
  std::vector<project::ModuleCallsPtr> calls;
  for (const project::ModulePtr& module : modules) calls.push_back(engine::wire(module, program, *config).calls);
  const project::CallGraph graph(std::move(calls));
  for (const std::uint32_t number : graph.numbers()) {
    if (graph.function(number).name != name) continue;
    const auto wish = engine::wish_for(graph, number, program, config);
    if (!wish) return {{}, {}, "nothing to wish for"};
    return engine::plan_async(*wish, program, config);
  }
  FAIL("no function " << name);
  return {};
}

// The new texts of the files that change, by path; of a refusal, the reason.
std::string changed(const Files& files, std::string_view name) {
  const engine::AsyncPlan plan = plan_of(files, name);
  if (!plan.obstacle.empty()) return "refused: " + plan.obstacle;
  std::string text;
  for (const auto& file : plan.files) text += "# file: " + file.module->place.path + "\n" + file.text;
  return text;
}

std::string refused(const std::string& more, std::string_view name = "load") {
  return changed({{"a.py", "import time\n\n\ndef load(n):\n    time.sleep(n)\n" + more}}, name);
}

}  // namespace

TEST_CASE("a function, what it calls and what calls it become coroutines over all files") {
  const Files files = {
      {"client.py", "import time\n\n\ndef fetch(url):\n    time.sleep(1)\n    return url\n"},
      {"service.py",
       "from client import fetch\n\n\nclass Orders:\n    def load(self, n):\n        return fetch(f'/{n}').strip()\n\n"
       "    def both(self):\n        return [self.load(n) for n in (1, 2)]\n"},
      {"api.py",
       "import service\n\n\nasync def view(n):\n    orders = service.Orders()\n    return orders.load(n), "
       "orders.both()\n"},
      {"other.py", "def fetch(url):\n    return url\n\n\nfetch('x')\n"}};
  const std::string expected =
      "# file: api.py\n"
      "import service\n\n\nasync def view(n):\n    orders = service.Orders()\n"
      "    return await orders.load(n), await orders.both()\n"
      "# file: client.py\n"
      "import asyncio\nimport time\n\n\nasync def fetch(url):\n    await asyncio.sleep(1)\n    return url\n"
      "# file: service.py\n"
      "from client import fetch\n\n\nclass Orders:\n    async def load(self, n):\n"
      "        return (await fetch(f'/{n}')).strip()\n\n"
      "    async def both(self):\n        return [await self.load(n) for n in (1, 2)]\n";
  CHECK(changed(files, "fetch") == expected);
  CHECK(changed(files, "Orders.load") == expected);
  CHECK(plan_of(files, "Orders.load").names == std::set<std::string>{"both", "fetch", "load"});
}

TEST_CASE("a twin of the tables is awaited: in its own library, of asyncio, else in a thread") {
  CHECK(changed({{"a.py", "import niquests\n\n\ndef get(url):\n    return niquests.get(url).json()\n"}}, "get") ==
        "# file: a.py\nimport niquests\n\n\nasync def get(url):\n    return (await niquests.aget(url)).json()\n");
  CHECK_THAT(changed({{"a.py", "import subprocess\n\n\ndef build():\n    subprocess.check_call(['make'])\n"}}, "build"),
             ContainsSubstring("    process = await asyncio.create_subprocess_exec('make')\n"));
  CHECK(changed({{"a.py", "import requests\n\n\ndef get(url):\n    return requests.get(url, timeout=3)\n"}}, "get") ==
        "# file: a.py\nimport asyncio\n\nimport requests\n\n\nasync def get(url):\n"
        "    return await asyncio.to_thread(requests.get, url, timeout=3)\n");
}

TEST_CASE("calls in calls and in themselves are awaited each") {
  CHECK(changed({{"a.py",
                  "import time\n\n\ndef load(n):\n    time.sleep(n)\n    return n\n\n\nasync def f():\n"
                  "    x = load(load(1)) + load(2).real\n    if load(3): return not load(4)\n"
                  "    with load(5) as y: print(load(6), k=load(8))\n"}},
                "load") ==
        "# file: a.py\nimport asyncio\nimport time\n\n\nasync def load(n):\n    await asyncio.sleep(n)\n    return "
        "n\n\n\n"
        "async def f():\n"
        "    x = await load(await load(1)) + (await load(2)).real\n    if await load(3): return not await load(4)\n"
        "    with await load(5) as y: print(await load(6), k=await load(8))\n");
}

TEST_CASE("nothing is changed where a caller cannot be") {
  CHECK(refused("\n\nload(1)\n") == "refused: a call in `a.py` is made when it is imported");
  CHECK(refused("\n\nclass A:\n    x = load(1)\n") == "refused: a call in `a.py` is made when it is imported");
  CHECK(refused("\n\nif __name__ == '__main__':\n    load(1)\n") ==
        "refused: a call in `a.py` is made when it is imported");
  CHECK(refused("\n\ndef f():\n    return map(load, [1])\n") == "refused: `load` is used as a value at a.py:9");
  CHECK(refused("\n\nhandlers = {'a': load}\n") == "refused: `load` is used as a value at a.py:8");
  CHECK(refused("\n\ndef f(o):\n    return getattr(o, 'load')\n") == "refused: `load` is named in a string at a.py:9");
  CHECK_THAT(refused("\n\ndef f():\n    return lambda: load(1)\n"), ContainsSubstring("it stands in a lambda"));
  CHECK_THAT(refused("\n\nasync def f():\n    return (load(n) for n in [1])\n"),
             ContainsSubstring("it stands in a comprehension"));
  CHECK(refused("\n\ndef f():\n    yield load(1)\n") == "refused: `f` is a generator");
  CHECK(refused("\n\nclass A:\n    def __init__(self):\n        load(1)\n") ==
        "refused: `__init__` is called by Python itself");
  CHECK(refused("\n\nclass A:\n    @property\n    def x(self):\n        return load(1)\n") ==
        "refused: `x` has decorators");
  CHECK(refused("\n\n@unknown\ndef f():\n    return load(1)\n") == "refused: `f` has decorators");
  CHECK(refused("\n\ndef f(x=load(1)):\n    pass\n") == "refused: a call in `a.py` is made when it is imported");
  CHECK(refused("\n\nimport asyncio\n\n\nasync def f():\n    await asyncio.to_thread(load, 1)\n") ==
        "refused: `load` is used as a value at a.py:12");
  CHECK_THAT(refused("\n\nimport threading\nlock = threading.Lock()\n\n\ndef f():\n    with lock:\n        load(1)\n"),
             ContainsSubstring("another problem: RT106"));
  CHECK_THAT(refused("\n\nimport asyncio\n\n\nasync def g(): pass\n\n\ndef f():\n    load(1)\n    asyncio.run(g())\n"),
             ContainsSubstring("another problem: RT107"));
  CHECK_THAT(refused("\n\ndef f():\n    load(1)\n    open('x').read()\n"), ContainsSubstring("another problem: RT103"));
  CHECK_THAT(refused("\n\ndef f():\n    return load(1)\n\n\ndef broken(:\n"), ContainsSubstring("syntax errors"));
}

TEST_CASE("all that blocks a function is cured, in whatever it calls") {
  CHECK(changed({{"a.py",
                  "import time\n\n\ndef one():\n    time.sleep(1)\n\n\ndef two():\n    time.sleep(2)\n\n\n"
                  "def both():\n    one()\n    two()\n    while time: time.sleep(3)\n"}},
                "both") ==
        "# file: a.py\nimport asyncio\nimport time\n\n\nasync def one():\n    await asyncio.sleep(1)\n\n\n"
        "async def two():\n    await asyncio.sleep(2)\n\n\nasync def both():\n    await one()\n    await two()\n"
        "    while time: await asyncio.sleep(3)\n");
  CHECK(changed({{"a.py",
                  "import time\n\n\ndef one():\n    time.sleep(1)\n\n\ndef two():\n    open('x').read()\n\n\n"
                  "def both():\n    one()\n    two()\n"}},
                "both") == "refused: nothing to wish for");
}

TEST_CASE("a name that may mean something else is left alone") {
  CHECK(
      changed(
          {{"a.py",
            "import time\n\nif time:\n    def load():\n        time.sleep(1)\nelse:\n    def load():\n        pass\n"}},
          "load") == "refused: `load` is defined more than once");
  CHECK_THAT(refused("\n\nload = print\n\n\nasync def f():\n    load(1)\n"), ContainsSubstring("refused: `load` "));
  CHECK_THAT(refused("\n\nasync def f():\n    global load\n    load = print\n"), ContainsSubstring("is rebound"));
}

TEST_CASE("frameworks and tests call functions as they are") {
  CHECK(refused("\n\nfrom flask import Flask\napp = Flask('a')\n\n\n@app.get('/')\ndef f():\n    load(1)\n") ==
        "refused: `f` is called by a framework");
  CHECK(refused("\n\nfrom celery import shared_task\n\n\n@shared_task\ndef f():\n    load(1)\n") ==
        "refused: `f` is called by a framework");
  CHECK(changed({{"a.py", "import time\n\n\ndef load():\n    time.sleep(1)\n"},
                 {"tests/test_a.py", "from a import load\n\n\ndef test_load():\n    load()\n"}},
                "load") == "refused: `test_load` is a test, or helps one");
}

TEST_CASE("methods that others override, or that override others, stay as they are") {
  const auto method = [](const std::string& bases, const std::string& more) {
    return changed({{"a.py",
                     "import time\nfrom typing import Protocol\nfrom lib import Base\n\n\nclass Root:\n"
                     "    def load(self):\n        pass\n\n\nclass A" +
                         bases + ":\n    def load(self):\n        time.sleep(1)\n" + more}},
                   "A.load");
  };
  CHECK_THAT(method("", ""), ContainsSubstring("    async def load(self):\n        await asyncio.sleep(1)\n"));
  CHECK_THAT(method("(Base)", ""), ContainsSubstring("may override"));
  CHECK_THAT(method("(Root)", ""), ContainsSubstring("may override"));
  CHECK_THAT(method("", "\n\nclass B(A):\n    def load(self):\n        pass\n"),
             ContainsSubstring("overridden in `a.py`"));
  CHECK_THAT(method("", "\n\nclass P(Protocol):\n    def load(self): ...\n"),
             ContainsSubstring("overridden in `a.py`"));
  CHECK_THAT(method("", "\n\ndef f(x):\n    x.load()\n"), ContainsSubstring("may be what is meant there at a.py:"));
  CHECK_THAT(method("", "\n\nasync def f(x: A):\n    x.load()\n"), ContainsSubstring("    await x.load()\n"));
  CHECK_THAT(method("", "\n\nasync def f(x: Root):\n    x.load()\n"), ContainsSubstring("    x.load()\n"));
}

TEST_CASE("imports lead to a function however they are written") {
  const std::string helper = "import time\n\n\ndef load():\n    time.sleep(1)\n";
  const auto with = [&](const std::string& code) {
    return changed({{"app/__init__.py", ""}, {"app/helper.py", helper}, {"app/main.py", code}}, "load");
  };
  CHECK_THAT(with("from .helper import load\n\n\nasync def f():\n    load()\n"),
             ContainsSubstring("    await load()\n"));
  CHECK_THAT(with("from . import helper\n\n\nasync def f():\n    helper.load()\n"),
             ContainsSubstring("    await helper.load()\n"));
  CHECK_THAT(with("import app.helper as h\n\n\nasync def f():\n    h.load()\n"),
             ContainsSubstring("    await h.load()\n"));
  CHECK_THAT(with("from app.helper import *\n\n\nasync def f():\n    load()\n"),
             ContainsSubstring("    await load()\n"));
  CHECK_THAT(with("async def f():\n    from app.helper import load\n    load()\n"),
             ContainsSubstring("    await load()\n"));
  CHECK_THAT(with("from app.helper import load as fetch\n\n\nasync def f():\n    fetch()\n"),
             ContainsSubstring("imported under another name"));
  CHECK_THAT(with("from .helper import load as fetch\n\n\nasync def f():\n    fetch()\n"),
             ContainsSubstring("imported under another name"));
  CHECK_THAT(with("from helper import load\n\n\nasync def f():\n    load()\n"), ContainsSubstring("refused"));
  CHECK_THAT(with("import json\n\n\ndef f(load):\n    load()\n    json.load(1)\n    x = {}\n    x['y'].load()\n"),
             ContainsSubstring("async def load"));
}

TEST_CASE("there is no wish where nothing can be awaited instead") {
  const auto wish = [](const std::string& code) { return changed({{"a.py", code}}, "f"); };
  CHECK(wish("def f():\n    pass\n") == "refused: nothing to wish for");
  CHECK(wish("import time\n\n\nasync def f():\n    time.sleep(1)\n") == "refused: nothing to wish for");
  CHECK(wish("import sqlite3\n\n\ndef f():\n    sqlite3.connect('x').execute('y')\n") ==
        "refused: nothing to wish for");
  CHECK(wish("def f():\n    with open('x') as g:\n        return g.read()\n") == "refused: nothing to wish for");
}

}  // namespace surefoot::test

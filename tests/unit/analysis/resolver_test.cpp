// What surefoot knows an expression to be: each program ends in `probe(EXPRESSION)`, and the test names its type.

#include "analysis/semantics/resolver.hpp"

#include <span>

#include "analysis/syntax/tree.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using semantics::Type;
using semantics::TypeSet;

std::string describe(const TypeSet& types);

std::string describe(const Type& type) {
  switch (type.tag) {
    case Type::Tag::none:
      return "None";
    case Type::Tag::lambda:
      return "lambda";
    case Type::Tag::awaitable:
      return "awaitable[" + (type.arguments ? describe(type.arguments->front()) : "") + "]";
    case Type::Tag::object:
      return "object " + std::string(type.name);
    case Type::Tag::instance:
      return std::string(type.name);
  }
  return "";
}

std::string describe(const TypeSet& types) {
  std::string all;
  for (const Type& type : types) all += (all.empty() ? "" : " | ") + describe(type);
  return all.empty() ? "unknown" : all;
}

// The type of the argument of the last call of `probe` in the program.
std::string probe(const std::string& program) {
  const auto units = syntax::read_units(text::SourceText(program));
  std::vector<std::shared_ptr<const semantics::UnitModel>> models;
  std::vector<std::string> containers;
  for (const syntax::PlacedUnit& placed : units.units) {
    containers.resize(std::min<std::size_t>(containers.size(), placed.level));
    models.push_back(semantics::model_unit(placed.unit, containers.empty() ? "" : containers.back(), 0));
    if (placed.unit->is_class_header) containers.push_back(models.back()->classes.front().path);
  }
  const semantics::ModuleIndex module("app/main.py", models);
  semantics::Resolver resolver(module);
  std::string result = "no probe";
  for (const auto& model : models) {
    const syntax::Ast& ast = model->unit->ast;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      const syntax::Node node = ast.node(i);
      if (!node.is(syntax::Kind::call) || node.child(syntax::Field::function).text() != "probe") continue;
      result = describe(resolver.type_of(*model, node.child(syntax::Field::arguments).first_child()));
    }
  }
  return result;
}

struct Case {
  const char* program;
  const char* type;
};

void check_each(std::span<const Case> cases) {
  for (const Case& one : cases) {
    INFO(one.program);
    CHECK(probe(one.program) == one.type);
  }
}

}  // namespace

TEST_CASE("names resolve through imports, aliases and scopes") {
  const Case cases[] = {
      {"import requests\nprobe(requests.get)", "object requests.get"},
      {"import requests as http\nprobe(http.get)", "object requests.get"},
      {"from requests import get as fetch\nprobe(fetch)", "object requests.get"},
      {"import os.path\nprobe(os.path.join)", "object os.path.join"},
      {"import urllib.request as u\nprobe(u.urlopen)", "object urllib.request.urlopen"},
      {"from . import db\nprobe(db.load)", "object app.db.load"},
      {"from .db import load\nprobe(load)", "object app.db.load"},
      {"def f():\n    import time\n    probe(time.sleep)", "object time.sleep"},
      {"import time\ndef f(time):\n    probe(time.sleep)", "unknown"},
      {"import time\ntime = Fake()\nprobe(time.sleep)", "unknown"},
      {"import time\ndef f():\n    time = Fake()\n    probe(time.sleep)", "unknown"},
      {"import time\ndef f():\n    def g():\n        probe(time.sleep)", "object time.sleep"},
      {"def f():\n    import time\n    def g():\n        probe(time.sleep)", "object time.sleep"},
      {"import time\ndef f():\n    global time\n    probe(time.sleep)", "object time.sleep"},
      {"try:\n    import ujson as json\nexcept ImportError:\n    import json\nprobe(json)",
       "object ujson | object json"},
      {"try:\n    import redis\nexcept ImportError:\n    redis = None\nprobe(redis)", "object redis | None"},
      {"import time\nprobe([time.sleep for time in x])", "list"},
      {"probe(open)", "object open"},
      {"probe(undefined)", "unknown"},
      {"open = wrap(open)\nprobe(open)", "unknown"},
  };
  check_each(cases);
}

TEST_CASE("values get their types from constructors, annotations and flow") {
  const Case cases[] = {
      {"import requests\ns = requests.Session()\nprobe(s)", "requests.Session"},
      {"import requests\ns = requests.Session()\nprobe(s.get)", "object requests.Session.get"},
      {"import requests\ndef f(s: requests.Session):\n    probe(s)", "requests.Session"},
      {"import requests\ndef f(s: 'requests.Session | None' = None):\n    probe(s)", "requests.Session | None"},
      {"import requests\nfrom typing import Optional\ndef f(s: Optional[requests.Session]):\n    probe(s)",
       "requests.Session | None"},
      {"import requests\nfrom typing import Annotated\ndef f(s: Annotated[requests.Session, 1]):\n    probe(s)",
       "requests.Session"},
      {"import requests\ndef f(k: type[requests.Session]):\n    probe(k())", "requests.Session"},
      {"import requests\ndef f():\n    with requests.Session() as s:\n        probe(s)", "requests.Session"},
      {"def f(p):\n    with open(p) as f:\n        probe(f)", "io.TextIOWrapper"},
      {"import requests\ndef f(x):\n    s = requests.Session()\n    if x:\n        s = requests.Session()\n    "
       "probe(s)",
       "requests.Session"},
      {"import requests\ndef f(x):\n    s = requests.Session()\n    if x:\n        s = other()\n    probe(s)",
       "unknown"},
      {"import requests\ndef f(x):\n    s = None\n    if x:\n        s = requests.Session()\n    probe(s)",
       "requests.Session | None"},
      {"import requests\ndef f(x):\n    if x:\n        s = other()\n        return\n    else:\n        s = "
       "requests.Session()\n    probe(s)",
       "requests.Session"},
      {"import requests\ndef f():\n    s = other()\n    s = requests.Session()\n    probe(s)", "requests.Session"},
      {"import requests\ndef f(s):\n    if isinstance(s, requests.Session):\n        probe(s)", "requests.Session"},
      {"import requests\ndef f(s):\n    if not isinstance(s, requests.Session):\n        return\n    probe(s)",
       "requests.Session"},
      {"import requests\ndef f():\n    if (s := requests.Session()):\n        probe(s)", "requests.Session"},
      {"import requests\ndef f():\n    a, b = 1, requests.Session()\n    probe(b)", "requests.Session"},
      {"import requests\ndef f():\n    for s in [requests.Session()]:\n        probe(s)", "requests.Session"},
      {"import requests\ndef f(xs: list[requests.Session]):\n    probe([x for x in xs][0])", "requests.Session"},
      {"import requests\ndef f(xs: dict[str, requests.Session]):\n    probe(xs['a'])", "requests.Session"},
      {"from pathlib import Path\nBASE = Path('.')\ndef f():\n    probe(BASE / 'x')", "pathlib.Path"},
      {"import requests\ndef f():\n    while True:\n        s = requests.Session()\n        probe(s)",
       "requests.Session"},
  };
  check_each(cases);
}

TEST_CASE("classes of the file give their attributes, methods and bases") {
  const Case cases[] = {
      {"import requests\nclass C:\n    def __init__(self):\n        self.s = requests.Session()\n    def f(self):\n    "
       "    "
       "probe(self.s)",
       "requests.Session"},
      {"import requests\nclass C:\n    s: requests.Session\n    def f(self):\n        probe(self.s)",
       "requests.Session"},
      {"import requests\nclass C:\n    def __init__(self, s: requests.Session):\n        self.s = s\n    def "
       "f(self):\n  "
       "      probe(self.s)",
       "requests.Session"},
      {"import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\nclass B(A):\n    def "
       "f(self):\n        probe(self.s)",
       "requests.Session"},
      {"import requests\nclass C(requests.Session):\n    def f(self):\n        probe(self.get)",
       "object requests.Session.get"},
      {"import requests\nclass C:\n    @property\n    def s(self):\n        return requests.Session()\ndef "
       "f():\n    probe(C().s)",
       "requests.Session"},
      {"import requests\nclass C:\n    def s(self) -> requests.Session:\n        ...\ndef f(c: C):\n    probe(c.s())",
       "requests.Session"},
      {"class C:\n    def f(self):\n        probe(self.unknown)", "unknown"},
      {"class C:\n    def __init__(self):\n        self.s: dict[str, int] = {}\n    def load(self):\n        self.s = "
       "unknown()\n    def f(self):\n        probe(self.s)",
       "dict"},
      {"class A:\n    x = 1\nclass B(A):\n    pass\nclass C(A):\n    x = 'c'\nclass D(B, C):\n    pass\nprobe(D().x)",
       "str"},
      {"class A:\n    x = 1\nclass D(Unknown, A):\n    y = 2\nprobe(D().x)", "unknown"},
      {"class A:\n    x = 1\nclass D(Unknown, A):\n    y = 2\nprobe(D().y)", "int"},
      {"class A:\n    x = 1\nclass D(A, Unknown):\n    y = 2\nprobe(D().x)", "int"},
      {"class A:\n    def m(self):\n        return 'x'\nclass B(A):\n    def m(self):\n        return "
       "super().m()\nprobe(B().m())",
       "str"},
      {"import requests\nclass C:\n    s = None\n    def open(self):\n        self.s = requests.Session()\n    def "
       "f(self):\n        probe(self.s)",
       "None | requests.Session"},
  };
  check_each(cases);
}

TEST_CASE("functions give what they return, coroutines when awaited") {
  const Case cases[] = {
      {"import requests\ndef make():\n    return requests.Session()\nprobe(make())", "requests.Session"},
      {"import requests\nasync def make():\n    return requests.Session()\nprobe(make())",
       "awaitable[requests.Session]"},
      {"import requests\nasync def make():\n    return requests.Session()\nasync def f():\n    probe(await make())",
       "requests.Session"},
      {"import requests\nfrom contextlib import contextmanager\n@contextmanager\ndef make():\n    yield "
       "requests.Session()\ndef f():\n    with make() as s:\n        probe(s)",
       "requests.Session"},
      {"import functools\nimport requests\ndef timed(f):\n    @functools.wraps(f)\n    def w(*a):\n        return "
       "f(*a)\n"
       "    return w\n@timed\ndef make():\n    return requests.Session()\nprobe(make())",
       "requests.Session"},
      {"import requests\ndef other(f):\n    def w(*a):\n        return f(*a)\n    return w\n@other\ndef make():\n"
       "    return requests.Session()\nprobe(make())",
       "unknown"},
      {"import requests\nfrom fastapi import Depends\ndef make():\n    yield requests.Session()\n"
       "def f(session=Depends(make)):\n    probe(session)",
       "requests.Session"},
      {"import requests\n@unknown\ndef make():\n    return requests.Session()\nprobe(make())", "unknown"},
      {"import asyncio\nimport requests\nasync def f():\n    probe(await asyncio.to_thread(requests.get, 'u'))",
       "requests.Response"},
      {"import functools\nimport requests\nprobe(functools.partial(requests.get, 'u'))", "object requests.get"},
      {"import requests\nprobe(getattr(requests, 'get'))", "object requests.get"},
      {"def f():\n    return f()\nprobe(f())", "unknown"},
      {"import sqlite3\nprobe(sqlite3.connect('x').cursor())", "sqlite3.Cursor"},
      {"import requests\nclass A:\n    @property\n    def http(self):\n        return requests.Session()\n"
       "    @http.setter\n    def http(self, value):\n        self.own = value\n"
       "    def swap(self):\n        self.http = None\nprobe(A().http)",
       "requests.Session"},
  };
  check_each(cases);
}

TEST_CASE("builtin containers give what they hold") {
  const std::string head =
      "import requests\nclass A:\n    def __init__(self):\n"
      "        self.all: dict[str, requests.Session] = {}\n        self.done: list[A] = []\n"
      "    def f(self, k):\n        ";
  CHECK(probe(head + "probe(self.all.get(k))") == "requests.Session | None");
  CHECK(probe(head + "probe(self.all.pop(k))") == "requests.Session");
  CHECK(probe(head + "for one in self.all.values():\n            probe(one)") == "requests.Session");
  CHECK(probe(head + "for key, one in self.all.items():\n            probe(one)") == "requests.Session");
  CHECK(probe(head + "probe(self.done.pop())") == "app.main.A");
  CHECK(probe(head + "probe(self.done.index(k))") == "unknown");
}

TEST_CASE("parameters are what their framework and the callers in their file hand to them") {
  const Case cases[] = {
      {"import requests\ndef f(http):\n    probe(http)\nf(requests.Session())", "requests.Session"},
      {"import requests\ndef f(url, http=None):\n    probe(http)\nf('u', http=requests.Session())\nf('v')",
       "requests.Session"},
      {"import requests, httpx\ndef f(http):\n    probe(http)\nf(requests.Session())\nf(httpx.Client())", "unknown"},
      {"import requests\ndef f(http):\n    probe(http)\nf(requests.Session())\nf(other())", "unknown"},
      {"import requests\ndef f(http):\n    probe(http)\nf(*[requests.Session()])", "unknown"},
      {"import requests\nfrom x import Client\ndef f(http: Client):\n    probe(http)\nf(requests.Session())",
       "x.Client"},
      {"import requests\nclass A:\n    def __init__(self, http):\n        self.http = http\n    def g(self):\n"
       "        probe(self.http)\nA(requests.Session())",
       "requests.Session"},
      {"import requests\nclass A:\n    def f(self):\n        return self.g(1, requests.Session())\n"
       "    def g(self, n, http):\n        probe(http)",
       "requests.Session"},
      {"def f(http):\n    f(http)\n    probe(http)", "unknown"},
      {"import requests\ndef f(http):\n    probe(http)\nf(requests.Session())\nf([])", "unknown"},
      {"from discord.ext import commands\nbot = commands.Bot('!')\n@bot.command()\nasync def f(ctx):\n    probe(ctx)",
       "discord.ext.commands.Context"},
      {"from homeassistant.core import callback\ndef f(hass):\n    probe(hass)", "homeassistant.core.HomeAssistant"},
  };
  check_each(cases);
}

TEST_CASE("what is given to a class of a library comes back from it") {
  const Case cases[] = {
      {"import sqlite3\nfrom contextlib import closing\nwith closing(sqlite3.connect('a').cursor()) as c:\n    "
       "probe(c)",
       "sqlite3.Cursor"},
      {"import httpx\nfrom contextlib import aclosing\nasync def f():\n"
       "    async with aclosing(httpx.AsyncClient()) as c:\n        probe(c)",
       "httpx.AsyncClient"},
      {"from contextlib import closing\nwith closing(make()) as c:\n    probe(c)", "unknown"},
      {"from aiohttp import web\nclass Store:\n    pass\nSTORE = web.AppKey('store', Store)\n"
       "async def f(request: web.Request):\n    probe(request.app[STORE])",
       "app.main.Store"},
      {"from aiohttp import web\nclass Store:\n    pass\nSTORE = web.AppKey[Store]('store')\n"
       "async def f(request):\n    probe(request.app[STORE])",
       "app.main.Store"},
      {"from aiohttp import web\nSTORE = web.AppKey('store')\nasync def f(request):\n    probe(request.app[STORE])",
       "unknown"},
      {"from contextlib import nullcontext\nwith nullcontext() as c:\n    probe(c)", "unknown"},
      {"from homeassistant.config_entries import ConfigEntry\nclass Data:\n    pass\ntype Entry = ConfigEntry[Data]\n"
       "def f(entry: Entry):\n    probe(entry.runtime_data)",
       "app.main.Data"},
      {"from homeassistant.helpers.update_coordinator import CoordinatorEntity\nclass Pump:\n    pass\n"
       "class Base(CoordinatorEntity[Pump]):\n    pass\nclass Switch(Base):\n    def f(self):\n"
       "        probe(self.coordinator)",
       "app.main.Pump"},
      {"from homeassistant.helpers.update_coordinator import CoordinatorEntity\nclass Switch(CoordinatorEntity):\n"
       "    def f(self):\n        probe(self.coordinator)",
       "unknown"},
  };
  check_each(cases);
}

}  // namespace surefoot::test

// After any edits, the analysis of the edited file is the analysis of its text from scratch.

#include <fmt/format.h>

#include <random>

#include "analysis/engine/analyze.hpp"
#include "analysis/rules/catalogue.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

const std::string kProgram = R"py("""A module."""
import asyncio
import time
import requests as http
from time import sleep


class Repo:
    """A class."""

    limit = 10

    def __init__(self):
        self.http = http.Session()

    async def fetch(self, url):
        time.sleep(1)  # surefoot: ignore[RT101]
        return self.http.get(url).json()

    class Inner:
        async def wait(self):
            sleep(2)


async def load(url, *args):
    with open("x") as f:
        data = f.read()
    if data:
        time.sleep(1)
    return http.get(url, *args)


@decorate(1)
async def decorated():
    return [http.get(u) for u in load("é🚀")]


x = http.get("u")
)py";

const std::vector<std::string> kPieces = {"x",
                                          " ",
                                          "\n",
                                          "    ",
                                          "(",
                                          ")",
                                          "\"",
                                          "'''",
                                          "\"\"\"",
                                          "#",
                                          ":",
                                          "async ",
                                          "await ",
                                          "def f():\n",
                                          "class C:\n",
                                          "import time\n",
                                          "time = 1\n",
                                          "é🚀",
                                          "time.sleep(1)\n",
                                          "\r\n",
                                          "\t",
                                          "\\",
                                          "@",
                                          "return ",
                                          "\xff",
                                          "import requests as http\n"};

text::TextEdit random_edit(std::mt19937& random, const text::SourceText& text) {
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % (limit + 1)); };
  const std::uint32_t start = below(text.size());
  const std::uint32_t length = random() % 3 == 0 ? std::min(below(12), text.size() - start) : 0;
  std::string content = random() % 5 == 0 ? "" : kPieces[random() % kPieces.size()];
  return {{start, start + length}, std::move(content)};
}

}  // namespace

TEST_CASE("an incremental analysis equals one from scratch") {
  const auto config = std::make_shared<const engine::Config>();
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    auto current = engine::analyze({{"app/example.py", {}}, text::SourceText(kProgram)}, config);
    for (int step = 0; step < 25; ++step) {
      std::vector<text::TextEdit> edits;
      text::SourceText text = current->text();
      for (unsigned i = 0; i <= random() % 3; ++i) {
        edits.push_back(random_edit(random, text));
        text = text.with_edit(edits.back());
      }
      current = engine::reanalyze(*current, edits, config);
      const auto fresh = engine::analyze({{"app/example.py", {}}, text}, config);
      INFO("seed " << seed << " step " << step << " text:\n" << text.bytes());
      REQUIRE(current->text().bytes() == text.bytes());
      REQUIRE(current->findings() == fresh->findings());
    }
  }
}

TEST_CASE("an incremental analysis of every page's examples equals one from scratch") {
  auto every_rule = std::make_shared<engine::Config>();
  every_rule->select = {"ALL"};
  unsigned seed = 0;
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const Example& example : read_examples(rule.page)) {
      std::mt19937 random(++seed);
      auto current = engine::analyze({{example.path, {}}, text::SourceText(example.code)}, every_rule);
      for (int step = 0; step < 12; ++step) {
        const text::TextEdit edit = random_edit(random, current->text());
        current = engine::reanalyze(*current, {edit}, every_rule);
        const auto fresh = engine::analyze({{example.path, {}}, current->text()}, every_rule);
        INFO(rule.name << ".md:" << example.page_line << " step " << step << "\n" << current->text().bytes());
        REQUIRE(current->findings() == fresh->findings());
        for (const engine::Finding& finding : fresh->findings()) {
          REQUIRE(current->fixes(finding).offered == fresh->fixes(finding).offered);
        }
      }
    }
  }
}

namespace {

// Edits that take something away on which what is found elsewhere may depend: a line, or a name for another one.
std::vector<text::TextEdit> losses(const text::SourceText& text, unsigned& seed) {
  std::vector<text::TextEdit> edits;
  const std::string_view bytes = text.bytes();
  for (std::uint32_t line = 0; line + 1 < text.line_count(); ++line) {
    const text::Span whole{text.line_start(line), text.line_start(line + 1)};
    if (++seed % 4 == 0) edits.push_back({whole, ""});
    const std::size_t name = bytes.find_first_of("abcdefghijklmnopqrstuvwxyz", whole.start + seed % 16);
    if (seed % 4 == 1 && name < whole.end) {
      edits.push_back({{static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(name) + 1}, "zq"});
    }
  }
  return edits;
}

}  // namespace

TEST_CASE("what is found elsewhere follows what an example loses and gets back") {
  auto every_rule = std::make_shared<engine::Config>();
  every_rule->select = {"ALL"};
  every_rule->profile = rules::Profile::strict;
  unsigned seed = 0;
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const Example& example : read_examples(rule.page)) {
      const auto whole = engine::analyze({{example.path, {}}, text::SourceText(example.code)}, every_rule);
      auto current = whole;
      for (const text::TextEdit& edit : losses(whole->text(), seed)) {
        current = engine::reanalyze(*current, {edit}, every_rule);
        const auto fresh = engine::analyze({{example.path, {}}, current->text()}, every_rule);
        INFO(rule.name << ".md:" << example.page_line << "\n" << current->text().bytes());
        REQUIRE(current->findings() == fresh->findings());
        const auto size = static_cast<std::uint32_t>(edit.content.size());
        const std::string lost(whole->text().slice(edit.span));
        current = engine::reanalyze(*current, {{{edit.span.start, edit.span.start + size}, lost}}, every_rule);
        REQUIRE(current->findings() == whole->findings());
      }
    }
  }
}

TEST_CASE("an incremental analysis of a long file that does not parse equals one from scratch") {
  const auto config = std::make_shared<const engine::Config>();
  std::string program;
  while (program.size() < 60'000) program += kProgram;
  auto current = engine::analyze({{"app/example.py", {}}, text::SourceText(program)}, config);
  auto at = static_cast<std::uint32_t>(program.find("    if data:", program.size() / 2));
  for (const char c : std::string("    f([\"a\").c\n'''")) {
    const text::TextEdit edit{{at, at}, std::string(1, c)};
    current = engine::reanalyze(*current, {edit}, config);
    ++at;
    const auto fresh = engine::analyze({{"app/example.py", {}}, current->text()}, config);
    INFO("typed up to offset " << at);
    REQUIRE(current->findings() == fresh->findings());
    CHECK(current->findings().size() > 200);
    CHECK(current->counters().units_rebuilt < 10);
  }
}

TEST_CASE("an edit inside one function reads and checks that function alone") {
  const auto config = std::make_shared<const engine::Config>();
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(kProgram)}, config);
  const auto at = static_cast<std::uint32_t>(kProgram.find("time.sleep(1)\n    return"));
  const auto after = engine::reanalyze(*before, {{{at, at}, "q = 1; "}}, config);
  CHECK(after->counters().units_rebuilt == 1);
  CHECK(after->counters().units_rechecked == 1);
  CHECK(after->findings().size() == before->findings().size());
}

namespace {

const std::string kHandingProgram = R"py(import requests


def load(http, name):
    return http.get(name, timeout=3)


class Shop:
    def __init__(self, http):
        self.http = http

    async def order(self):
        return self.http.get("u", timeout=3)


def count(things):
    return len(things)


def main(path):
    shop = Shop(requests.Session())
    count([shop])
    print(path)
    return load(requests.Session(), "first")


async def handler():
    return load(requests.Session(), "second")


def other():
    open(main)
)py";

// How many units are checked once `what` stands for the (first) `old`; also looks whether all is found as it should be.
std::uint32_t checked_after(std::string_view old, std::string_view what) {
  const auto config = std::make_shared<const engine::Config>();
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(kHandingProgram)}, config);
  const auto at = static_cast<std::uint32_t>(kHandingProgram.find(old));
  const text::TextEdit edit{{at, at + static_cast<std::uint32_t>(old.size())}, std::string(what)};
  const auto after = engine::reanalyze(*before, {edit}, config);
  const auto fresh = engine::analyze({{"app/example.py", {}}, after->text()}, config);
  CHECK(after->findings() == fresh->findings());
  return after->counters().units_rechecked;
}

}  // namespace

TEST_CASE("what is handed over costs those who get it, and no others") {
  CHECK(checked_after("\"second\"", "\"third\"") == 1);            // a literal
  CHECK(checked_after("count([shop])", "count([shop, 1])") == 1);  // a display
  CHECK(checked_after("print(path)", "print(path.name)") == 1);    // no function of the file
  CHECK(checked_after("open(main)", "open(main.x)") == 1);         // likewise
  CHECK(checked_after("count([shop])", "count(shop.http)") == 2);  // and `count`
  CHECK(checked_after("requests.Session(), \"second\"", "requests, \"second\"") >= 2);
  CHECK(checked_after("Shop(requests.Session())", "Shop(other())") >= 3);  // the attribute, and who reads it
}

TEST_CASE("what nobody else names costs nobody else, however many there are") {
  const auto config = std::make_shared<const engine::Config>();
  std::string program;
  for (int i = 0; i < 10'000; ++i)
    program += fmt::format("def f{0}():\n    return a{0}.b{0}.c{0}.d{0}.e{0}(g{0}.h{0})\n\n\n", i);
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(program)}, config);
  const auto at = static_cast<std::uint32_t>(program.find("a5000."));
  const auto after = engine::reanalyze(*before, {{{at, at + 1}, "z"}}, config);
  CHECK(after->counters().units_rechecked < 60);  // some names may be taken for others
}

TEST_CASE("a name of the module is not what objects have by that name") {
  const auto config = std::make_shared<const engine::Config>();
  std::string program = "def create():\n    return make()\n\n\napp = create()\n";
  for (int i = 0; i < 1'000; ++i)
    program += fmt::format("def get{0}(request):\n    return request.app.state{0}\n\n\nv{0} = get{0}(1)\n\n\n", i);
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(program)}, config);
  const auto at = static_cast<std::uint32_t>(program.find("make()"));
  const auto after = engine::reanalyze(*before, {{{at, at}, "x"}}, config);
  CHECK(after->counters().units_rechecked < 1'100);  // those that name `app`, and none that depends on them
}

TEST_CASE("a local that decides what a call gives is seen by who reads what was made of it") {
  const std::string text = R"py(import grpc
from shop_pb2_grpc import ShopStub


class Client:
    def __init__(self):
        channel = grpc.insecure_channel("shop:1")
        self.stub = ShopStub(channel)

    async def get(self, request):
        return self.stub.Get(request, timeout=3)
)py";
  const auto config = std::make_shared<const engine::Config>();
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(text)}, config);
  CHECK(before->findings().size() == 1);
  const auto at = static_cast<std::uint32_t>(text.find("grpc.insecure"));
  const auto after = engine::reanalyze(*before, {{{at, at + 4}, "grpc.aio"}}, config);
  CHECK(after->findings().empty());
}

TEST_CASE("a report follows what the code of a called function gives") {
  const std::string text = R"py(import asyncio


async def report():
    asyncio.to_thread(load())


def load():
    return 1 + 1
)py";
  const auto config = std::make_shared<const engine::Config>();
  const auto before = engine::analyze({{"app/example.py", {}}, text::SourceText(text)}, config);
  const auto at = static_cast<std::uint32_t>(text.find("1 + 1"));
  const auto after = engine::reanalyze(*before, {{{at, at + 5}, "unknown.job"}}, config);
  CHECK(after->findings() == engine::analyze({{"app/example.py", {}}, after->text()}, config)->findings());
  const auto again = engine::reanalyze(*after, {{{at, at + 11}, "1 + 1"}}, config);
  CHECK(again->findings() == before->findings());
  CHECK(after->findings() != before->findings());
}

TEST_CASE("what callers hand over is followed through any edits") {
  const auto config = std::make_shared<const engine::Config>();
  const std::vector<std::string> pieces = {"requests.Session()",
                                           "other()",
                                           "[]",
                                           "http",
                                           "self.http",
                                           "load(",
                                           "Shop(",
                                           ")",
                                           "count(",
                                           "\n",
                                           "    ",
                                           "def load(http):\n",
                                           "http = 1\n",
                                           "shop",
                                           "x, ",
                                           "*x, ",
                                           "http=",
                                           "self.order("};
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    auto current = engine::analyze({{"app/example.py", {}}, text::SourceText(kHandingProgram)}, config);
    for (int step = 0; step < 25; ++step) {
      const std::uint32_t start = static_cast<std::uint32_t>(random() % (current->text().size() + 1));
      const std::uint32_t length = std::min(static_cast<std::uint32_t>(random() % 12), current->text().size() - start);
      current = engine::reanalyze(*current, {{{start, start + length}, pieces[random() % pieces.size()]}}, config);
      const auto fresh = engine::analyze({{"app/example.py", {}}, current->text()}, config);
      INFO("seed " << seed << " step " << step << " text:\n" << current->text().bytes());
      REQUIRE(current->findings() == fresh->findings());
    }
  }
}

}  // namespace surefoot::test

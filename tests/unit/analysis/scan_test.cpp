#include "analysis/engine/scan.hpp"

#include <array>
#include <memory>
#include <random>
#include <string>

#include "analysis/engine/analyze.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot;

TEST_CASE("files that only give names need no parse") {
  for (const char* text : {
           "",
           "# nothing\n",
           "\"\"\"The package.\"\"\"\n",
           "from .a import b, c as d\nimport os.path\n\n__all__ = [\"b\", 'd']\n",
           "from .a import (\n    b,  # one\n    c,\n)\n",
           "from .a import *\n",
           "VERSION = (1, 2, -3)\nNAMES = {\"a\": [1, 2.5], \"b\": None}\nother = VERSION\n",
       }) {
    INFO(text);
    CHECK_FALSE(engine::may_have_findings(text));
  }
}

TEST_CASE("files that run code, or that say something to linters, are parsed") {
  for (const char* text : {
           "def f(): pass\n",
           "class A: pass\n",
           "x = f()\n",
           "x = a[0]\n",
           "x = (a)(b)\n",
           "x = a.b\n",
           "x = 1 + a\n",
           "x = f\"{a}\"\n",
           "x = [y for y in z]\n",
           "x = lambda: 1\n",
           "for x in y: pass\n",
           "with x: pass\n",
           "if x: import y\n",
           "del x\n",
           "x: int = 1\n",
           "x += 1\n",
           "x = y = 1\n",
           "import a; x()\n",
           "x = [1\n",
           "DEBUG = True\n",
           "SECRET_KEY = \"s3cret\"\n",
           "x = 1  # surefoot: ignore\n",
           "x = 1  # noqa\n",
           "x = 1  # NoQA: RT101\n",
           "\xff\xfe",
       }) {
    INFO(text);
    CHECK(engine::may_have_findings(text));
  }
}

TEST_CASE("nothing is found in what needs no parse, whatever it is") {
  constexpr std::array<const char*, 24> kBits = {"import requests\n",
                                                 "from a import b\n",
                                                 "x = 1\n",
                                                 "x = [b, 'c']\n",
                                                 "\"text\"\n",
                                                 "open('f')",
                                                 "(",
                                                 ")",
                                                 "[",
                                                 "]",
                                                 "= ",
                                                 ", ",
                                                 ".get",
                                                 "\n",
                                                 "\n    ",
                                                 "requests.get('u')\n",
                                                 "# comment",
                                                 "await ",
                                                 "async def ",
                                                 "x",
                                                 "{1: 2}",
                                                 "time.sleep(1)\n",
                                                 "DEBUG = True\n",
                                                 "import time\n"};
  auto config = std::make_shared<engine::Config>();
  config->profile = rules::Profile::strict;
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  int left_out = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t bits = random() % 7; bits > 0; --bits) text += kBits[random() % kBits.size()];
    if (engine::may_have_findings(text)) continue;
    ++left_out;
    INFO(text);
    REQUIRE(engine::analyze({{"app/settings.py", {}}, text::SourceText(text)}, config)->findings().empty());
  }
  CHECK(left_out > 300);
}

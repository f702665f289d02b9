#include "analysis/syntax/quick_parser.hpp"

#include <string>

#include "analysis/rules/catalogue.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/analysis/same_units.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot;

namespace {

/// Empty when both ways of reading give the same, or the quick one gives nothing.
std::string difference(const std::string& bytes) {
  const text::SourceText text(bytes);
  const auto quick = syntax::read_quickly(text);
  if (!quick) return {};
  return test::difference(syntax::read_units(text), *quick);
}

bool is_read(const std::string& bytes) { return syntax::read_quickly(text::SourceText(bytes)).has_value(); }

}  // namespace

TEST_CASE("quick reading gives what the parser gives") {
  const std::string ordinary =
      "# a\n\"\"\"doc\"\"\"\nimport os, sys as s\nfrom . import x\nfrom ..a.b import (c as d, e,)\nfrom a import "
      "*\n\n\n"
      "@dec(1)  # why\nclass A(B, metaclass=C):  # header\n    # first\n    x: int = 1; y = [*a, 2]\n    def f(self, "
      "a, *,"
      " b: str = 'x', **k) -> List[int]:\n        return a if b else (yield c)\n    # trailing\n\n    class D:\n       "
      " pass\n        # inner\n  # between\n# file\n\n\nasync def g(a, /, b=1, *c: int):\n    async with x as y, z:\n  "
      " "
      "     pass\n    async for i, *j in await k():\n        x[1:2, ::3] += not a in b is not c\n    else:\n        "
      "del "
      "a, b\n    try:\n        raise E from None\n    except (A, B) as e:\n        print(f'a{x!r:>{w}}b{{}}{y=}', "
      "end='')\n    except* C:\n        pass\n    finally:\n        lambda a, *b, c=1: (a, b)\n    return {**a, 'b': "
      "1}, "
      "{1, 2}, {k: v for k, v in x if k if v}, -a ** -b, a or b and c, (await d).e[f](*g, **h, i=j)\n\nif (n := 1):\n  "
      " "
      " a = b = c, d\nelif x: pass; y\nelse:\n    assert a, 'b' 'c' f'd'\nx = 1 + \\\n    2\nwhile 1: break\n";
  CHECK(is_read(ordinary));
  CHECK(difference(ordinary).empty());
}

TEST_CASE("what is unusual or wrong is left to the parser") {
  for (const char* text : {"print 'a'\n",
                           "match x:\n    case 1:\n        pass\n",
                           "type X = int\n",
                           "x = (1,\n",
                           "if x\n",
                           "  x = 1\n",
                           "x = 1\n  y = 2\n",
                           "a = 'b\n",
                           "x = 1\r\n",
                           "def f[T]():\n    pass\n",
                           "x = $\n",
                           "f(a for a in b, 1)\n",
                           "{1: 2, 3}\n",
                           "caf\xC3\xA9 = 1\n",
                           "x = yield = 1\n",
                           "1 = x\n",
                           "try:\n    pass\n",
                           "class A: x = 1\n",
                           "else:\n    pass\n",
                           "x <> y\n",
                           "return\n    x\n"}) {
    CAPTURE(text);
    CHECK_FALSE(is_read(text));
  }
}

TEST_CASE("all that pages show reads the same in both ways") {
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const test::Example& example : test::read_examples(rule.page)) {
      CAPTURE(rule.code, example.code);
      CHECK(difference(example.code).empty());
      for (const test::ExampleFile& other : example.others) CHECK(difference(other.code).empty());
    }
  }
}

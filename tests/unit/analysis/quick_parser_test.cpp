#include <string>

#include "analysis/rules/catalogue.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/analysis/same_units.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot;

namespace {

std::string difference(const std::string& piece) { return test::BothWays(piece).difference; }
bool is_read(const std::string& piece) { return test::BothWays(piece).is_read_quickly; }

// Of all pieces of a file.
std::string difference_in_file(const std::string& bytes) {
  std::string all;
  for (std::size_t at = 0; at < bytes.size();) {
    const test::PieceInFile piece(bytes, at);
    all += piece.difference + difference(bytes.substr(at, piece.end - at));
    at = piece.end;
  }
  return all;
}

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

TEST_CASE("quick reading goes on where lists end in a comma, and where sets have stars") {
  for (const char* text : {"x = 1,\ny = 2\n", "def f():\n    x += a,\n    y += b, *c,\n    return x,\n",
                           "x = y = f(a), b,  # c\n[d]\n", "x = {*a.b, *c(d), *e[f], g}\n", "x = {a, *b.c}\n"}) {
    CAPTURE(text);
    CHECK(is_read(text));
    CHECK(difference(text).empty());
  }
}

TEST_CASE("what is unusual or wrong is left to the parser") {
  for (const char* text :
       {"print 'a'\n", "match x:\n    case 1:\n        pass\n", "type X = int\n", "x = (1,\n", "if x\n", "  x = 1\n",
        "x = 1\n  y = 2\n", "a = 'b\n", "x = 1\r\n", "def f[T]():\n    pass\n", "x = $\n", "f(a for a in b, 1)\n",
        "{1: 2, 3}\n", "caf\xC3\xA9 = 1\n", "x = yield = 1\n", "1 = x\n", "try:\n    pass\n", "class A: x = 1\n",
        "else:\n    pass\n", "x <> y\n", "return\n    x\n",
        // Python is right with these, and the grammar is not.
        "def f():\n    x = g(a.\n  b)\n", "x = 'a\\N{DASH}'\n", "class A:\n    @a\n# b\n    def f(self): pass\n",
        "f(x), y,\nz\n", "x, y,\nz\n", "x = 1; import a,\nb\n", "x = {*a.b}\n", "x = [*f(*a)]\n", "x = f(a\n@ b)\n",
        // And here it is the other way round.
        "f(a=b for b in c)\n", "try: pass\nexcept E := 1: pass\n", "with lambda: a as b: pass\n", "x: int = y = 1\n",
        "x, y: int\n", "x, y += 1\n", "raise a, b\n", ",x\n", ",\n"}) {
    CAPTURE(text);
    CHECK_FALSE(is_read(text));
  }
}

TEST_CASE("a piece that is read out of its file ends where it would by its lines alone") {
  for (const char* text : {"# a\n\nx = 1\n# b\n  # c\ny = 2\n", "@a\n@b(\n1)\n# c\ndef f():\n    pass\n\n# d\nx = 1\n",
                           "@a\nx = 1\ny = 2\n", "if x:\n    y\n# a\nelse:\n    z\nprint(1)\n",
                           "try:\n    x\nexcept E:\n    y\nfinally:\n    z\nw\n", "x = '''\ndef f():\n'''\ny = 1\n",
                           "x = (\n1,\n2)\ny = 1\n", "x = (\n1\nasync def f():\n    pass\n", "x = 1 + \\\n2\ny\n",
                           "x = f'{a[\"(\"]}'\ny = 1\n", "x = f\"{a[\"(\"]}\"\ny = f(\n1)\nz = 2\n",
                           "x = f'''{'''(''' + y}'''\nz = 1\n", "x = f'{\"it's (\"}'\nz = 1\n",
                           "class A:\n    x = 1\n  # c\n# d\n\n\nclass B: pass\n", "x = 1;\\\ny = 2\nz\n"}) {
    CAPTURE(text);
    CHECK(difference_in_file(text).empty());
  }
}

TEST_CASE("operators bind as the grammar says") {
  for (const char* text : {"x = a ^ b & c | d << e + f * g\n", "x = a & b ^ c\n", "x = -a ** -b ** c\n",
                           "x = not a in b is not c\n", "x = await a[0](b).c\n", "x = a if b else c if d else e\n",
                           "x = [*a.b, *c(d), *e[f], *(g)], (*a.b, *c()), [*a], {*a, b}, f(*a.b, *c())\n"}) {
    CAPTURE(text);
    CHECK(is_read(text));
    CHECK(difference(text).empty());
  }
}

TEST_CASE("all that pages show reads the same in both ways") {
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const test::Example& example : test::read_examples(rule.page)) {
      CAPTURE(rule.code, example.code);
      CHECK(difference_in_file(example.code).empty());
      for (const test::ExampleFile& other : example.others) CHECK(difference_in_file(other.code).empty());
    }
  }
}

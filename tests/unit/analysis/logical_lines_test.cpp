#include "analysis/syntax/logical_lines.hpp"

#include <string>
#include <vector>

#include "tests/unit/catch.hpp"

namespace surefoot::test {

TEST_CASE("logical lines end where brackets, strings and continuations do") {
  const std::vector<std::string> whole = {"x = (1,\n  2)",
                                          "x = [\"(\", '[', # {\n ]",
                                          "x = \"\"\"a\n'b\"\n\"\"\"",
                                          "x = 1 + \\\n  2",
                                          "x = 'a\\\nb'",
                                          "x = r'\\\\' + rb\"\\\"\"",
                                          "x = f\"{a['b']}{{{c!r:>{d}}}}\"",
                                          "x = f\"{x[\"a\"]}\"",
                                          "x = f'''{\na\n}'''",
                                          "x = rf'\\{{{a}'",
                                          "if\"{\": a",
                                          "print(a)  # it's (",
                                          "x = T\"{a:{b}}\""};
  for (const std::string& line : whole) {
    const std::string text = line + "\ny\n";
    INFO(text);
    syntax::LogicalLines lines(text);
    const auto first = lines.next(0);
    REQUIRE(first);
    CHECK(first->is_closed);
    CHECK(text.substr(first->span.start, first->span.size()) == line);
    const auto second = lines.next(lines.line_after(first->span.end));
    REQUIRE(second);
    CHECK(second->span.start == line.size() + 1);
  }
}

TEST_CASE("a line that stays open is cut where the next statement starts") {
  const auto cut = [](const std::string& text) {
    syntax::LogicalLines lines(text);
    const auto first = lines.next(0);
    REQUIRE(first);
    const syntax::LogicalLine rest = lines.cut(*first);
    return text.substr(rest.span.start, rest.span.size());
  };
  CHECK(cut("x = (1,\n     2,\ny = 3\n") == "x = (1,\n     2,");
  CHECK(cut("x = foo(\n    a b,\n)\ny = 3\n") == "x = foo(\n    a b,\n)");
  CHECK(cut("x = (1,\n\n# about y\ny = 3\n") == "x = (1,");
  CHECK(cut("x = (1,\n    return\n") == "x = (1,");
  CHECK(cut("if foo(a:\n    b\n") == "if foo(a:");
  CHECK(cut("def f(a,\n      b\n    c = 1\n") == "def f(a,\n      b");
  CHECK(cut("class A(\n    B,\n    C:\n    x = 1\n") == "class A(\n    B,\n    C:");
  CHECK(cut("  x = \"\"\"a\n    b\n  c\n") == "x = \"\"\"a\n    b");
}

}  // namespace surefoot::test

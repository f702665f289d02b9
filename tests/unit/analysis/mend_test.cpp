// Half-typed code costs the statement it stands in, and nothing else.

#include <algorithm>
#include <tuple>

#include "analysis/engine/analyze.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/syntax/logical_lines.hpp"
#include "analysis/syntax/tree.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using Lines = std::vector<std::string>;

// A `$` alone on its line is where the broken code goes, at that indentation.
const std::string kInFunction = R"py(import time
import requests


async def before():
    """A "docstring"."""
    time.sleep(1)
    return f"{requests.get('u')!r:>{10}}"


async def middle(items):
    for item in items:
        time.sleep(1)
        if item:
            $
            time.sleep(2)
        else:
            time.sleep(3)
    requests.get("u")


class Repo:
    """Loads
    things."""

    async def load(self):
        x = {"a": [1, (2)]}
        time.sleep(4)

        async def inner():
            requests.get("u")

        return inner, x


async def behind():
    """Last."""
    time.sleep(5)
)py";

const std::string kInClass = R"py(import time
import requests


class Repo:
    """Loads
    things."""

    limit = 10

    async def load(self):
        time.sleep(1)

    $

    @property
    def plain(self):
        return self.limit

    async def store(self):
        """Stores."""
        requests.get("u")


async def behind():
    time.sleep(2)
)py";

const std::string kAtTop = R"py(import time
import requests

x = """
async def template():
    time.sleep(0)
"""


async def before():
    time.sleep(1)


$


@decorate(1)
async def behind():
    time.sleep(2)


async def last(a, b=("x", 'y')):
    requests.get("u")
)py";

// What may stand half-typed on a line; `\n` goes on at the same indentation.
const Lines kBroken = {
    "x = foo(",
    "x = foo(a,",
    "x = [1,",
    "x = {",
    "x = {\"a\": [1, (2,",
    "foo(bar[",
    "foo(a]",
    "foo(a))",
    "x = 'abc",
    "x = \"abc",
    "foo(\"abc",
    "x = \"\"\"",
    "x = \"\"\"abc",
    "'''",
    "x = f\"{",
    "x = f\"{a",
    "x = f\"{a}",
    "x = f'''{a}",
    "x = rb'''",
    "x.",
    "x =",
    "x = a +",
    "x = a if",
    "x = lambda",
    "x = lambda:",
    "yield",
    "return await",
    "x = await",
    "return a and",
    "print(",
    "global",
    "return (",
    "return foo.",
    "await",
    "await (",
    "import",
    "from",
    "from x import",
    "from x import (",
    "from x import (a,",
    "import a.",
    "del",
    "raise Error(",
    "assert (",
    "with",
    "with open(",
    "with open(x) as",
    "with open(x",
    "for",
    "for x",
    "for x in",
    "for x in foo(",
    "while",
    "while (",
    "if",
    "if x",
    "if x ==",
    "if (",
    "if foo(:",
    "if x:",
    "elif y:",
    "else if x:",
    "except Error:",
    "except (A, B:",
    "finally",
    "try:",
    "try",
    "def",
    "def f",
    "def f(",
    "def f(a, b",
    "def f(a, b:",
    "def f(a, b):",
    "def f(a=(1, ):",
    "async",
    "async def",
    "async def f(",
    "async def f(a: int = foo(",
    "async with",
    "async with foo(",
    "class",
    "class A",
    "class A(",
    "class A(B",
    "class A(B:",
    "class A[T = int](B):",
    "class",
    "def (a):",
    "@",
    "@foo",
    "@foo(",
    "@foo(a,",
    "match x:",
    "match x:\n    case (1, :",
    "match x:\n    y",
    "case 1:",
    "lambda x: (",
    "print(\"a\", file=",
    "x = [y for y in",
    "x = {**",
    "foo(*",
    "foo(a=",
    "foo(\n    a,\n    b",
    "foo(\n    a b,\n)",
    "foo(a b, \"\"\"\ntext\n\"\"\")",
    "\\",
    "x = 1 +\\",
    "$",
    "?",
    "x = a ? b : c",
    "}",
    ")",
    "\"",
    "\xff",
    "type X[T = int] = list[T]",
};

std::string with_hole(const std::string& program, const std::string& content) {
  const std::size_t dollar = program.find("$\n");
  const std::size_t start = program.rfind('\n', dollar) + 1;
  const std::string indent = program.substr(start, dollar - start);
  std::string filled;
  for (const char c : content) {
    filled += c;
    if (c == '\n') filled += indent;
  }
  const std::size_t end = dollar + (content.empty() ? 2 : 1);
  return program.substr(0, content.empty() ? start : dollar) + filled + program.substr(end);
}

std::shared_ptr<const engine::FileAnalysis> analyse(const std::string& text) {
  static const auto config = std::make_shared<const engine::Config>();
  return engine::analyze({{"app/example.py", {}}, text::SourceText(text)}, config);
}

using Said = std::tuple<bool, std::uint32_t, std::string, std::string>;

// The findings above the broken line by their line from the top, those below by their line from the end.
std::vector<Said> said(const engine::FileAnalysis& analysis, std::uint32_t hole) {
  std::vector<Said> all;
  for (const engine::Finding& finding : analysis.findings()) {
    const std::uint32_t line = analysis.text().line_of(finding.span.start);
    const bool above = line < hole;
    all.emplace_back(above, above ? line : analysis.text().line_count() - line, finding.code, finding.message);
  }
  return all;
}

std::string listed(const std::vector<Said>& all) {
  std::string text;
  for (const auto& [above, line, code, message] : all) {
    text += (above ? "line " : "line -") + std::to_string(line) + " " + code + " " + message + "\n";
  }
  return text;
}

void check_hole(const std::string& program, const std::string& broken) {
  const std::string text = with_hole(program, broken);
  const auto hole = static_cast<std::uint32_t>(
      std::count(program.begin(), program.begin() + static_cast<std::ptrdiff_t>(program.find("$\n")), '\n'));
  INFO(text);
  const std::string expected = listed(said(*analyse(with_hole(program, "")), hole));
  CHECK(listed(said(*analyse(text), hole)) == expected);
  CHECK_FALSE(syntax::read(text::SourceText(text)).has_error());
}

}  // namespace

TEST_CASE("a statement that is half typed in a function costs nothing around it") {
  for (const std::string& broken : kBroken) check_hole(kInFunction, broken);
}

TEST_CASE("a statement that is half typed in a class costs nothing around it") {
  for (const std::string& broken : kBroken) check_hole(kInClass, broken);
}

TEST_CASE("a statement that is half typed at the top level costs nothing around it") {
  for (const std::string& broken : kBroken) check_hole(kAtTop, broken);
}

TEST_CASE("a line that is indented too deep costs nothing around it") {
  const std::string head = "import time\n\n\nasync def f():\n";
  for (const std::string first : {"        x = 1\n", "        x = foo(\n", "        time.sleep(0)\n"}) {
    INFO(first);
    CHECK_THAT(listed(said(*analyse(head + first + "    time.sleep(1)\n"), 0)), ContainsSubstring("line -2 RT101"));
  }
  CHECK_THAT(listed(said(*analyse(head + "\t\tx = 1\n\ttime.sleep(1)\n"), 0)), ContainsSubstring("line -2 RT101"));
  const std::string in_class =
      "import time\n\n\nclass A:\n        x = 1\n\n    async def f(self):\n        time.sleep(1)\n";
  CHECK_THAT(listed(said(*analyse(in_class), 0)), ContainsSubstring("RT101"));
  CHECK_THAT(listed(said(*analyse(head + "    x = 1\n        y = 2\n    time.sleep(1)\n"), 0)),
             ContainsSubstring("line -2 RT101"));
}

TEST_CASE("a broken line may end in a carriage return and be indented with tabs") {
  for (std::string program : {kInFunction, kInClass, kAtTop}) {
    for (std::size_t at = 0; (at = program.find("    ", at)) != std::string::npos;) program.replace(at, 4, "\t");
    for (const std::string& broken : kBroken) check_hole(program, broken);
  }
}

namespace {

// These judge a call by the code of the function that it hands over, or a way back by the way there: which may be the
// broken one.
bool judges_other_functions(std::string_view code) {
  return code == "RT221" || code == "RT301" || code == "RT309" || code == "MIG108";
}

// The findings outside of the top-level statement that holds `line`.
std::string said_elsewhere(const engine::FileAnalysis& analysis, text::Span statement) {
  std::string text;
  for (const engine::Finding& finding : analysis.findings()) {
    const std::uint32_t line = analysis.text().line_of(finding.span.start);
    if (statement.contains(line) || judges_other_functions(finding.code)) continue;
    text += std::to_string(line + 1) + " " + finding.code + " " + finding.message + "\n";
  }
  return text;
}

// First line, and the one behind the last, of the top-level statement that holds a line.
text::Span statement_around(const text::SourceText& text, std::uint32_t line) {
  syntax::LogicalLines lines(text.bytes());
  text::Span span{0, text.line_count()};
  for (auto one = lines.next(0); one; one = lines.next(lines.line_after(one->span.end))) {
    if (one->indent > 0 || one->kind == syntax::LineKind::clause) continue;
    const std::uint32_t start = text.line_of(one->span.start);
    if (start > line) return {span.start, start};
    span.start = start;
  }
  return span;
}

}  // namespace

TEST_CASE("a line broken anywhere in a page's examples costs nothing in other functions") {
  auto every_rule = std::make_shared<engine::Config>();
  every_rule->select = {"ALL"};
  const auto analyse_all = [&](const Example& example, const std::string& code) {
    return engine::analyze({{example.path, {}}, text::SourceText(code)}, every_rule);
  };
  const Lines breaks = {"x = foo(", "x = [\"", "x.", "\"\"\"", "return {", "if x", "with open(", "x = f\"{"};
  std::size_t turn = 0;
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const Example& example : read_examples(rule.page)) {
      const text::SourceText text(example.code);
      syntax::LogicalLines lines(text.bytes());
      for (auto one = lines.next(0); one; one = lines.next(lines.line_after(one->span.end))) {
        const bool is_inside = one->indent > 0 && one->kind == syntax::LineKind::simple;
        if (!is_inside || ++turn % 3 != 0) continue;
        if (text.slice(one->span).starts_with("return")) continue;  // other functions see what one returns
        const std::string before(text.bytes().substr(0, one->span.start));
        const std::string after(text.bytes().substr(one->span.end));
        const std::string broken = before + breaks[turn % breaks.size()] + after;
        INFO(rule.name << ".md:" << example.page_line << "\n" << broken);
        const text::SourceText as_name(before + "_" + after);
        const text::Span statement = statement_around(as_name, as_name.line_of(one->span.start));
        CHECK(said_elsewhere(*analyse_all(example, broken), statement) ==
              said_elsewhere(*analyse_all(example, std::string(as_name.bytes())), statement));
      }
    }
  }
}

TEST_CASE("brackets that stay open in every line are read in time that grows with the text") {
  std::string code;
  for (int i = 0; i < 50'000; ++i) code += "x = (\n";
  CHECK(syntax::read(text::SourceText(code)).unreadable().size() > 1000);
}

}  // namespace surefoot::test

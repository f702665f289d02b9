#include "server/check/parallel.hpp"
#include "server/check/report.hpp"
#include "server/check/write_file.hpp"
#include "server/cli/excerpt.hpp"
#include "server/cli/printable.hpp"
#include "server/cli/unified_diff.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot::server;
using surefoot::test::TempFolder;
using surefoot::text::SourceText;
using surefoot::text::Span;

namespace {

std::string shown(const std::string& text, Span span, std::size_t width = 100) {
  const ReportedPlace place = to_place("a.py", SourceText(text), span);
  return excerpt(place, {gutter_width(place), width, '^', Style::plain, false});
}

Summary summary(std::size_t findings, std::size_t fixable, std::size_t unsafe_fixable, std::size_t fixed = 0) {
  Summary made;
  made.findings = findings;
  made.fixable = fixable;
  made.unsafe_fixable = unsafe_fixable;
  made.fixed = fixed;
  made.files = 3;
  made.changed_files = fixed;
  return made;
}

}  // namespace

TEST_CASE("characters are as wide as terminals show them") {
  CHECK(cell_width(U'a') == 1);
  CHECK(cell_width(U'\u00E9') == 1);
  CHECK(cell_width(U'\u0301') == 0);
  CHECK(cell_width(U'\u200D') == 0);
  CHECK(cell_width(U'\u65E5') == 2);
  CHECK(cell_width(U'\uFF21') == 2);
  CHECK(cell_width(U'\U0001F600') == 2);
  CHECK(cell_width(U'\u20AC') == 1);
}

TEST_CASE("printed text cannot command the terminal") {
  CHECK(printable("plain \xC3\xA9\t") == "plain \xC3\xA9\t");
  CHECK(printable("\x1b[2J\n\x7f") == "\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("\xC2\x9B"
                  "31m") ==
        "\xEF\xBF\xBD"
        "31m");  // a one-byte CSI
  CHECK(printable("\xE2\x80\xAE"
                  "x") ==
        "\xEF\xBF\xBD"
        "x");  // right-to-left override
  CHECK(printable("\xFF\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a range is underlined where it stands") {
  CHECK(shown("x = f(1)\n", {4, 8}) == "  |\n1 | x = f(1)\n  |     ^^^^\n");
  CHECK(shown("a\nb\nc\nd\ne\nf\ng\nh\ni\nxy\n", {18, 20}) == "   |\n10 | xy\n   | ^^\n");
  CHECK(shown("\tx\n", {1, 2}) == "  |\n1 |     x\n  |     ^\n");
  CHECK(shown("'\xE6\x97\xA5' x\n", {6, 7}) == "  |\n1 | '\xE6\x97\xA5' x\n  |      ^\n");
  CHECK(shown("e\xCC\x81 x\n", {4, 5}) == "  |\n1 | e\xCC\x81 x\n  |   ^\n");
}

TEST_CASE("an empty range gets one mark, also at the end of a line or file") {
  CHECK(shown("ab\n", {1, 1}) == "  |\n1 | ab\n  |  ^\n");
  CHECK(shown("ab\n", {2, 2}) == "  |\n1 | ab\n  |   ^\n");
  CHECK(shown("ab\n", {3, 3}) == "  |\n2 |\n  | ^\n");
  CHECK(shown("", {0, 0}) == "  |\n1 |\n  | ^\n");
}

TEST_CASE("a range of several lines is underlined on each, the middle of a long one left out") {
  CHECK(shown("f(\n  a,\n)\n", {0, 9}) == "  |\n1 | f(\n  | ^^\n2 |   a,\n  |   ^^\n3 | )\n  | ^\n");
  CHECK(shown("ab\ncd\n", {0, 3}) == "  |\n1 | ab\n  | ^^\n");
  const std::string cut = shown("a\nb\nc\nd\ne\nf\n", {0, 11});
  CHECK(cut == "  |\n1 | a\n  | ^\n2 | b\n  | ^\n  | ...\n6 | f\n  | ^\n");
}

TEST_CASE("a line that is too wide is cut round the range") {
  const std::string text = std::string(500, 'a') + "XYZ" + std::string(500, 'b') + "\n";
  const std::string cut = shown(text, {500, 503}, 40);
  CHECK_THAT(cut, ContainsSubstring("\xE2\x80\xA6"
                                    "aaaaaaaaaXYZbbbb"));
  CHECK_THAT(cut, ContainsSubstring("\n  |           ^^^\n"));
  CHECK(shown(text, {0, 2}, 40).find("1 | aaaa") != std::string::npos);
  CHECK(shown(std::string(1000000, 'x'), {10, 999999}, 80).size() < 500);
}

TEST_CASE("the last line says what was found and what can be done") {
  CHECK(summary_line(summary(0, 0, 0)) == "No findings in 3 files.");
  CHECK(summary_line(summary(1, 0, 0)) == "Found 1 finding.");
  CHECK(summary_line(summary(3, 1, 0)) == "Found 3 findings (1 fixable with --fix).");
  CHECK(summary_line(summary(3, 0, 1)) == "Found 3 findings (1 fixable with --fix --unsafe-fixes).");
  CHECK(summary_line(summary(3, 1, 2)) == "Found 3 findings (1 fixable with --fix, 2 more with --unsafe-fixes).");
  CHECK(summary_line(summary(0, 0, 0, 2)) == "Fixed 2 findings in 2 files; none remain.");
  CHECK(summary_line(summary(1, 0, 1, 1)) ==
        "Fixed 1 finding in 1 file; 1 remains (1 fixable with --fix --unsafe-fixes).");
}

TEST_CASE("equal texts have no diff") { CHECK(unified_diff("a.py", "x\n", "x\n").empty()); }

TEST_CASE("a diff shows three lines of context") {
  CHECK(unified_diff("a.py", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
        "--- a.py\n+++ a.py\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(unified_diff("a.py", "", "x\n") == "--- a.py\n+++ a.py\n@@ -0,0 +1 @@\n+x\n");
  CHECK(unified_diff("a.py", "x\n", "") == "--- a.py\n+++ a.py\n@@ -1 +0,0 @@\n-x\n");
  CHECK(unified_diff("a.py", "a\nb\n", "a\nnew\nb\n") == "--- a.py\n+++ a.py\n@@ -1,2 +1,3 @@\n a\n+new\n b\n");
}

TEST_CASE("changes that are far apart are hunks of their own") {
  std::string before;
  for (int i = 1; i <= 20; ++i) before += std::to_string(i) + "\n";
  std::string after = before;
  after.replace(after.find("2\n"), 1, "two");
  after.replace(after.find("19\n"), 2, "nineteen");
  CHECK(unified_diff("a.py", before, after) ==
        "--- a.py\n+++ a.py\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n"
        "@@ -16,5 +16,5 @@\n 16\n 17\n 18\n-19\n+nineteen\n 20\n");
}

TEST_CASE("a missing newline at the end is told") {
  CHECK(
      unified_diff("a.py", "a\nb", "a\nc") ==
      "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n");
  CHECK(unified_diff("a.py", "a\nb", "a\n") ==
        "--- a.py\n+++ a.py\n@@ -1,2 +1 @@\n a\n-b\n\\ No newline at end of file\n");
  CHECK(unified_diff("a.py", "a", "a\n") == "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("lone carriage returns end no line of a diff") {
  CHECK(unified_diff("a.py", "a\rb\rc\n", "a\rX\rc\n") == "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-a\rb\rc\n+a\rX\rc\n");
}

TEST_CASE("a file is replaced only if it is still what it was") {
  const TempFolder folder;
  folder.write("a.py", "old\n");
  CHECK(replace_file(folder / "a.py", "old\n", "new\n").empty());
  CHECK(folder.read("a.py") == "new\n");
  CHECK_THAT(replace_file(folder / "a.py", "old\n", "newer\n"), ContainsSubstring("changed by another program"));
  CHECK(folder.read("a.py") == "new\n");
  CHECK_THAT(replace_file(folder / "none.py", "", "x"), ContainsSubstring("cannot be written"));
}

TEST_CASE("results come in order from many threads") {
  std::vector<std::size_t> seen;
  produce_in_order<std::size_t>(
      500, 7, [](std::size_t i) { return i * i; },
      [&](std::size_t i, std::size_t square) {
        CHECK(square == i * i);
        seen.push_back(i);
      });
  CHECK(seen.size() == 500);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  produce_in_order<int>(
      0, 4, [](std::size_t) { return 1; }, [](std::size_t, int) { FAIL("nothing to do"); });
}

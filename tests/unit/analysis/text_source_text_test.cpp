#include <random>
#include <string>

#include "analysis/text/source_text.hpp"
#include "tests/unit/catch.hpp"

using surefoot::text::apply_edits;
using surefoot::text::SourceText;
using surefoot::text::Span;
using surefoot::text::TextEdit;

namespace {

std::vector<std::uint32_t> starts_of(const SourceText& text) {
  std::vector<std::uint32_t> starts;
  for (std::uint32_t line = 0; line < text.line_count(); ++line) starts.push_back(text.line_start(line));
  return starts;
}

using Starts = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("an empty text has one empty line") {
  const SourceText text;
  CHECK(text.line_count() == 1);
  CHECK(text.line_span(0) == Span{0, 0});
  CHECK(text.line_of(0) == 0);
  CHECK(text.line_of(7) == 0);
  CHECK(text.size() == 0);
}

TEST_CASE("a final terminator opens one more line") {
  CHECK(starts_of(SourceText("a\n")) == Starts{0, 2});
  CHECK(starts_of(SourceText("a\r")) == Starts{0, 2});
  CHECK(starts_of(SourceText("a\r\n")) == Starts{0, 3});
}

TEST_CASE("LF, CRLF and lone CR each end a line") {
  const SourceText text("a\nbb\r\nccc\rdddd");
  CHECK(starts_of(text) == Starts{0, 2, 6, 10});
  CHECK(text.slice(text.line_span(0)) == "a");
  CHECK(text.slice(text.line_span(1)) == "bb");
  CHECK(text.slice(text.line_span(2)) == "ccc");
  CHECK(text.slice(text.line_span(3)) == "dddd");
}

TEST_CASE("CR CR LF is two line ends") { CHECK(starts_of(SourceText("\r\r\n")) == Starts{0, 1, 3}); }

TEST_CASE("form feeds, NUL and Unicode separators end no line") {
  using namespace std::string_literals;
  CHECK(SourceText("a\fb\vc\0d\xC2\x85 e\xE2\x80\xA8 f"s).line_count() == 1);
}

TEST_CASE("line_of finds the line that holds an offset") {
  const SourceText text("ab\ncd\n");
  CHECK(text.line_of(0) == 0);
  CHECK(text.line_of(2) == 0);  // the terminator belongs to the line it ends
  CHECK(text.line_of(3) == 1);
  CHECK(text.line_of(6) == 2);
  CHECK(text.line_of(1000) == 2);
}

TEST_CASE("lines beyond the last are empty and at the end") {
  const SourceText text("ab\ncd");
  CHECK(text.line_start(2) == 5);
  CHECK(text.line_start(UINT32_MAX) == 5);
  CHECK(text.line_span(2) == Span{5, 5});
  CHECK(text.line_span(UINT32_MAX) == Span{5, 5});
}

TEST_CASE("a slice is clamped to the text") {
  const SourceText text("abc");
  CHECK(text.slice({1, 2}) == "b");
  CHECK(text.slice({1, 99}) == "bc");
  CHECK(text.slice({7, 99}).empty());
}

TEST_CASE("the dominant line ending is what most lines end with") {
  CHECK(SourceText("").dominant_line_ending() == "\n");
  CHECK(SourceText("a").dominant_line_ending() == "\n");
  CHECK(SourceText("a\r\nb\r\nc\n").dominant_line_ending() == "\r\n");
  CHECK(SourceText("a\rb\rc\n").dominant_line_ending() == "\r");
  CHECK(SourceText("a\r\nb\n").dominant_line_ending() == "\n");  // a tie
}

TEST_CASE("an edit leaves the text it was made from alone") {
  const SourceText before("a = 1\nb = 2\n");
  const SourceText copy = before;
  const SourceText after = before.with_edit({{4, 5}, "10\n"});
  CHECK(after.bytes() == "a = 10\n\nb = 2\n");
  CHECK(starts_of(after) == Starts{0, 7, 8, 14});
  CHECK(before.bytes() == "a = 1\nb = 2\n");
  CHECK(copy.bytes() == before.bytes());
}

TEST_CASE("an edit that parts or joins CR and LF is seen by the line table") {
  CHECK(starts_of(SourceText("a\r\nb").with_edit({{2, 2}, "x"})) == Starts{0, 2, 4});
  CHECK(starts_of(SourceText("a\rx\nb").with_edit({{2, 3}, ""})) == Starts{0, 3});
  CHECK(starts_of(SourceText("a\rb").with_edit({{2, 2}, "\n"})) == Starts{0, 3});
  CHECK(starts_of(SourceText("a\r").with_edit({{2, 2}, "\n"})) == Starts{0, 3});
  CHECK(starts_of(SourceText("a\nb").with_edit({{1, 1}, "\r"})) == Starts{0, 3});
}

TEST_CASE("an edit's span is clamped to the text") {
  CHECK(SourceText("abc").with_edit({{2, 50}, "x"}).bytes() == "abx");
  CHECK(SourceText("abc").with_edit({{40, 50}, "x"}).bytes() == "abcx");
}

TEST_CASE("a patched line table equals one made from scratch") {
  std::mt19937 random(20240229);
  const auto below = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % n); };
  const auto word = [&](std::size_t most) {
    std::string made(below(most + 1), ' ');
    for (char& each : made) each = "a\n\r\nb\r"[below(6)];
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    SourceText text(word(24));
    for (int step = 0; step < 12; ++step) {
      const std::uint32_t start = below(text.size() + 1);
      const std::uint32_t end = start + below(text.size() - start + 1);
      std::string expected(text.bytes());
      const TextEdit edit{{start, end}, word(6)};
      expected.replace(start, end - start, edit.content);
      text = text.with_edit(edit);
      REQUIRE(text.bytes() == expected);
      REQUIRE(starts_of(text) == starts_of(SourceText(expected)));
    }
  }
}

TEST_CASE("edits of one text are applied together, in any order") {
  const std::string text = "one two three";
  CHECK(apply_edits(text, {{{8, 13}, "3"}, {{0, 3}, "1"}}) == "1 two 3");
  CHECK(apply_edits(text, {}) == text);
  CHECK(apply_edits("", {{{0, 0}, "x"}}) == "x");
}

TEST_CASE("insertions at one offset keep their order and come before a replacement there") {
  CHECK(apply_edits("ab", {{{1, 1}, "1"}, {{1, 1}, "2"}}) == "a12b");
  CHECK(apply_edits("abc", {{{1, 2}, "X"}, {{1, 1}, "1"}}) == "a1Xc");
  CHECK(apply_edits("abc", {{{0, 1}, "X"}, {{1, 1}, "1"}}) == "X1bc");
}

TEST_CASE("an edit that overlaps one before it is left out") {
  CHECK(apply_edits("abcdef", {{{0, 3}, "X"}, {{2, 4}, "Y"}}) == "Xdef");
  CHECK(apply_edits("abc", {{{1, 90}, "X"}}) == "aX");
}

#include "server/text_diff.hpp"

#include <random>

#include "tests/unit/catch.hpp"

using namespace surefoot;
using text::TextEdit;

namespace {

std::string random_text(std::mt19937& random, int lines) {
  static const std::vector<std::string> all = {"a\n", "b\n", "\n", "é\r\n", "x = 1\r\n", "😀\r", "c\n", "d"};
  std::string out;
  for (int i = 0; i < lines; ++i) out += all[random() % all.size()];
  return out;
}

bool at_line_start(std::string_view text, std::uint32_t offset) {
  if (offset == 0 || offset == text.size()) return true;
  const char before = text[offset - 1];
  return before == '\n' || (before == '\r' && text[offset] != '\n');
}

}  // namespace

TEST_CASE("a single edit leaves alone what is equal at both ends") {
  using server::single_edit;
  CHECK(single_edit("hello world", "hello brave world") == TextEdit{{6, 6}, "brave "});
  CHECK(single_edit("same", "same") == TextEdit{{4, 4}, ""});
  CHECK(single_edit("", "abc") == TextEdit{{0, 0}, "abc"});
  CHECK(single_edit("aaa", "aa") == TextEdit{{2, 3}, ""});
}

TEST_CASE("a single edit cuts neither characters nor CRLF") {
  using server::single_edit;
  CHECK(single_edit("x\xC3\xA9y", "x\xC3\xA8y") == TextEdit{{1, 3}, "\xC3\xA8"});
  CHECK(single_edit("a\r\nb", "a\nb") == TextEdit{{1, 3}, "\n"});
  CHECK(single_edit("a\nb", "a\r\nb") == TextEdit{{1, 2}, "\r\n"});
  CHECK(single_edit("a\r\nb", "a\rb") == TextEdit{{1, 3}, "\r"});
}

TEST_CASE("line edits lead from one text to the other, line by line") {
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    const std::string before = random_text(random, static_cast<int>(random() % 12));
    const std::string after = random_text(random, static_cast<int>(random() % 12));
    const auto edits = server::line_edits(before, after);
    CAPTURE(before, after);
    REQUIRE(text::apply_edits(before, edits) == after);
    std::uint32_t end = 0;
    for (const auto& edit : edits) {
      CHECK(at_line_start(before, edit.span.start));
      CHECK(at_line_start(before, edit.span.end));
      CHECK(edit.span.start >= end);
      end = edit.span.end;
    }
    const auto one = server::single_edit(before, after);
    REQUIRE(text::apply_edits(before, {one}) == after);
  }
}

TEST_CASE("line edits touch only lines that differ") {
  std::string before;
  for (int i = 0; i < 5000; ++i) before += "line " + std::to_string(i) + "\n";
  auto after = "import asyncio\n" + before;
  after.replace(after.find("line 3000\n"), 10, "changed\n");
  const auto edits = server::line_edits(before, after);
  REQUIRE(edits.size() == 2);
  CHECK(edits[0] == TextEdit{{0, 0}, "import asyncio\n"});
  CHECK(edits[1].content == "changed\n");
}

TEST_CASE("texts with nothing in common get one edit") {
  std::string before;
  std::string after;
  for (int i = 0; i < 2000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  const auto edits = server::line_edits(before, after);
  REQUIRE(edits.size() == 1);
  CHECK(text::apply_edits(before, edits) == after);
}

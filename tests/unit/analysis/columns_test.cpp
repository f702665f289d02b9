#include "analysis/text/columns.hpp"

#include <string>

#include "tests/unit/catch.hpp"

using surefoot::text::ColumnUnit;
using surefoot::text::LineColumn;
using surefoot::text::SourceText;
using surefoot::text::to_line_column;
using surefoot::text::to_offset;

namespace {

constexpr ColumnUnit kUnits[] = {ColumnUnit::utf8, ColumnUnit::utf16, ColumnUnit::code_point};

std::uint32_t column(const SourceText& text, std::uint32_t offset, ColumnUnit unit) {
  return to_line_column(text, offset, unit).column;
}

}  // namespace

TEST_CASE("in ASCII a column is a byte in every unit") {
  const SourceText text("import asyncio\nasync def handler(): pass\n");
  for (const ColumnUnit unit : kUnits) {
    CHECK(to_line_column(text, 7, unit) == LineColumn{0, 7});
    CHECK(to_line_column(text, 25, unit) == LineColumn{1, 10});
    CHECK(to_offset(text, {1, 10}, unit) == 25);
  }
}

TEST_CASE("each unit counts characters outside ASCII its own way") {
  // a, e-acute (2 bytes), euro (3), grinning face (4), z
  const SourceText text("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
  CHECK(column(text, 10, ColumnUnit::utf8) == 10);
  CHECK(column(text, 10, ColumnUnit::utf16) == 5);
  CHECK(column(text, 10, ColumnUnit::code_point) == 4);
  CHECK(to_offset(text, {0, 5}, ColumnUnit::utf16) == 10);
  CHECK(to_offset(text, {0, 4}, ColumnUnit::code_point) == 10);
  CHECK(to_offset(text, {0, 10}, ColumnUnit::utf8) == 10);
}

TEST_CASE("a place inside a character is the character's start") {
  const SourceText text("x\xF0\x9F\x98\x80y");
  for (const ColumnUnit unit : kUnits) {
    CHECK(column(text, 2, unit) == 1);
    CHECK(column(text, 4, unit) == 1);
  }
  CHECK(to_offset(text, {0, 2}, ColumnUnit::utf16) == 1);  // between the surrogates
  CHECK(to_offset(text, {0, 3}, ColumnUnit::utf8) == 1);
}

TEST_CASE("a place past a line's end is its end, before the terminator") {
  const SourceText text("ab\r\ncd");
  for (const ColumnUnit unit : kUnits) {
    CHECK(to_offset(text, {0, 3}, unit) == 2);
    CHECK(to_offset(text, {0, UINT32_MAX}, unit) == 2);
    CHECK(to_offset(text, {1, 99}, unit) == 6);
    CHECK(to_offset(text, {2, 0}, unit) == 6);
    CHECK(to_offset(text, {UINT32_MAX, UINT32_MAX}, unit) == 6);
    CHECK(to_line_column(text, 3, unit) == LineColumn{0, 2});  // between CR and LF
    CHECK(to_line_column(text, 99, unit) == LineColumn{1, 2});
  }
}

TEST_CASE("each byte that is not valid UTF-8 is one column in every unit") {
  const std::string bad[] = {
      "\x80",              // a continuation alone
      "\xC0",              // never valid
      "\xC3",              // cut short
      "\xED\xA0\x80",      // a surrogate
      "\xE0\x80\x80",      // overlong
      "\xF0\x80\x80\x80",  // overlong
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF5\x80\x80\x80",
      "\xE2\x82",
      "\xF0\x9F\x98",
  };
  for (const std::string& bytes : bad) {
    const SourceText text(bytes + "z");
    const auto length = static_cast<std::uint32_t>(bytes.size());
    for (const ColumnUnit unit : kUnits) {
      CHECK(column(text, length, unit) == length);
      CHECK(to_offset(text, {0, length}, unit) == length);
    }
  }
}

TEST_CASE("a character cut by the line's end does not reach into the next line") {
  const SourceText text("\xE2\x82\n\xAC");
  CHECK(to_line_column(text, 3, ColumnUnit::utf16) == LineColumn{1, 0});
  CHECK(to_line_column(text, 2, ColumnUnit::utf16) == LineColumn{0, 2});
}

TEST_CASE("there and back again, at every character of a long mixed line") {
  std::string line;
  std::vector<std::uint32_t> starts;
  for (int i = 0; i < 40; ++i) {
    for (const char* piece : {"a", "\xC3\xA9", "bcdefghijk", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xFF"}) {
      starts.push_back(static_cast<std::uint32_t>(line.size()));
      line += piece;
    }
  }
  const SourceText text("first\n" + line + "\nlast\n");
  for (const ColumnUnit unit : kUnits) {
    for (const std::uint32_t start : starts) {
      const LineColumn place = to_line_column(text, 6 + start, unit);
      REQUIRE(place.line == 1);
      REQUIRE(to_offset(text, place, unit) == 6 + start);
    }
  }
}

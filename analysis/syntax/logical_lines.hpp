#pragma once
// A file as logical lines (Python reference, 2.1): read by brackets, strings and line ends alone, so also where the
// text does not parse. Deterministic, and linear in the text.

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/text/source_text.hpp"

namespace surefoot::syntax {

/// What a logical line begins, by its first words.
enum class LineKind : std::uint8_t {
  simple,     // a simple statement; whatever is none of the others
  decorator,  // `@…`
  function,   // `def`, `async def`
  class_,     // `class`
  block,      // `if`, `for`, `while`, `with`, `try`
  match,      // `match …:`
  clause,     // `elif`, `else`, `except`, `finally`
  case_,      // `case …:`
};

struct LogicalLine {
  std::uint32_t line_start = 0;  // of its first physical line
  text::Span span;               // from its first character to the end of its last line, white space there left out
  std::uint32_t indent = 0;      // its width, as the grammar counts it
  LineKind kind = LineKind::simple;
  /// False when a bracket or string in it stays open. It then ends where that became sure, and nothing is known of
  /// where it should end.
  bool is_closed = true;
};

class LogicalLines {
 public:
  /// Borrows the text.
  explicit LogicalLines(std::string_view text) : text_(text), budget_(kFixedBudget + kBudgetFactor * text.size()) {}

  /// The first logical line at or behind `from`, which is the start of a physical one. Nothing when none follows.
  std::optional<LogicalLine> next(std::uint32_t from);

  /// The start of the physical line behind the one that holds `offset`.
  std::uint32_t line_after(std::uint32_t offset) const;

  /// What is left of a line that cannot be right when it ends where the next statement seems to start: at a line that
  /// is not indented deeper, or starts with a word that only statements start with, or follows a block's colon.
  LogicalLine cut(const LogicalLine& line) const;

  /// True when a string in the line holds what looks like a definition that is not indented deeper: a quote may be
  /// missing, and the string end where another one starts.
  bool may_swallow(const LogicalLine& line) const;

 private:
  // Text full of brackets that stay open would be read to its end from each of them; when the budget of bytes is spent,
  // every physical line counts as one that stays open.
  static constexpr std::size_t kFixedBudget = 1 << 16;
  static constexpr std::size_t kBudgetFactor = 8;

  std::string_view text_;
  std::size_t budget_;
};

}  // namespace surefoot::syntax

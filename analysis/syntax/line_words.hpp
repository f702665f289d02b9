#pragma once
// What a physical line starts with. Internal to syntax/.

#include <cstdint>
#include <string_view>

#include "analysis/syntax/logical_lines.hpp"

namespace surefoot::syntax {

/// Where the code of a physical line starts and how deep it is indented. `start` is its end for a line without code.
struct LineStart {
  std::uint32_t start = 0;
  std::uint32_t indent = 0;
};
LineStart code_start(std::string_view text, std::uint32_t line);

/// The end of the physical line that holds `offset`, before its terminator.
std::uint32_t line_end(std::string_view text, std::uint32_t offset);

/// True where no code follows: at the end of a line and at a comment.
bool is_bare(std::string_view text, std::uint32_t offset);

bool is_name(char c);

/// True when the code of a physical line ends in one of these characters, by the look of it.
bool ends_in(std::string_view line, std::string_view characters);

/// `code`: from the first character of a line on.
LineKind kind_of(std::string_view code);

/// True for code that starts with a word (or `@`) that stands nowhere but at the start of a statement, so not inside
/// of brackets.
bool must_start_statement(std::string_view code);

/// True for `def name(`, `class Name:` and their like; prose does not look like this.
bool looks_like_definition(std::string_view code);

}  // namespace surefoot::syntax

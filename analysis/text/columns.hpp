#pragma once
// Byte offset <-> column in the units that clients count in: the only such code in the project. Any thread.
// Source: LSP 3.17, "Position"; column of `--output-format json` is in code points.

#include <cstdint>

#include "analysis/text/source_text.hpp"

namespace surefoot::text {

enum class ColumnUnit : std::uint8_t { utf8, utf16, code_point };

/// A place in a text: both 0-based, the column in the unit asked for.
struct LineColumn {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool operator==(const LineColumn&) const = default;
};

/// Each byte that is not part of valid UTF-8 counts as one column in every unit. Linear in the line's length,
/// with a fast path for ASCII. An offset beyond the end, or inside a character, counts as the end or the character's
/// start.
LineColumn to_line_column(const SourceText& text, std::uint32_t offset, ColumnUnit unit);

/// The inverse. A column past the end of its line means the end of the line (before the terminator), a line past the
/// last means the end of the text, a column inside a surrogate pair means the character's start.
std::uint32_t to_offset(const SourceText& text, LineColumn place, ColumnUnit unit);

}  // namespace surefoot::text

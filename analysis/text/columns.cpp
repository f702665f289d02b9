#include "analysis/text/columns.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "analysis/text/utf8.hpp"

namespace surefoot::text {
namespace {

std::uint32_t width(std::size_t sequence, ColumnUnit unit) {
  if (unit == ColumnUnit::utf8) return static_cast<std::uint32_t>(sequence);
  return unit == ColumnUnit::utf16 && sequence == 4 ? 2 : 1;
}

struct Reach {
  std::size_t bytes = 0;
  std::uint32_t columns = 0;
};

/// Walks whole characters of `line` while neither limit is passed.
Reach walk(std::string_view line, std::size_t byte_limit, std::uint32_t column_limit, ColumnUnit unit) {
  Reach reach;
  const std::size_t limit = std::min(byte_limit, line.size());
  while (reach.bytes < limit && reach.columns < column_limit) {
    const std::size_t room = std::min<std::size_t>(limit - reach.bytes, column_limit - reach.columns);
    const std::size_t ascii = ascii_prefix(line.substr(reach.bytes, room));
    reach.bytes += ascii;
    reach.columns += static_cast<std::uint32_t>(ascii);
    if (ascii == room) break;
    const std::size_t length = character_at(line, reach.bytes).length;
    const std::uint32_t columns = width(length, unit);
    if (reach.bytes + length > limit || columns > column_limit - reach.columns) break;
    reach.bytes += length;
    reach.columns += columns;
  }
  return reach;
}

}  // namespace

LineColumn to_line_column(const SourceText& text, std::uint32_t offset, ColumnUnit unit) {
  const std::uint32_t line = text.line_of(offset);
  const Span span = text.line_span(line);
  const std::uint32_t bytes = std::min(offset, span.end) - span.start;
  return {line, walk(text.slice(span), bytes, UINT32_MAX, unit).columns};
}

std::uint32_t to_offset(const SourceText& text, LineColumn place, ColumnUnit unit) {
  if (place.line >= text.line_count()) return text.size();
  const Span span = text.line_span(place.line);
  const Reach reach = walk(text.slice(span), span.size(), place.column, unit);
  return span.start + static_cast<std::uint32_t>(reach.bytes);
}

}  // namespace surefoot::text

#include "analysis/text/columns.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace surefoot::text {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

bool is_continuation(std::string_view bytes, std::size_t at) {
  return at < bytes.size() && (byte_at(bytes, at) & 0xC0U) == 0x80U;
}

/// How many bytes of `bytes` are ASCII before the first that is not.
std::size_t ascii_prefix(std::string_view bytes) {
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < bytes.size() && byte_at(bytes, at) < 0x80) ++at;
  return at;
}

/// The length of the valid UTF-8 sequence at `at`, or 1 for a byte that starts none (Unicode, table 3-7).
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
  const std::uint8_t lead = byte_at(bytes, at);
  if (lead < 0xC2 || lead > 0xF4 || !is_continuation(bytes, at + 1)) return 1;
  if (lead < 0xE0) return 2;
  const std::uint8_t second = byte_at(bytes, at + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  if (overlong || outside || !is_continuation(bytes, at + 2)) return 1;
  if (lead < 0xF0) return 3;
  return is_continuation(bytes, at + 3) ? 4 : 1;
}

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
    const std::size_t length = sequence_length(line, reach.bytes);
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

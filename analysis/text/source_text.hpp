#pragma once
// The bytes of one file with their line table. Immutable and cheap to copy (shared); an edit gives a new text.
// Positions are byte offsets and lines, both 0-based; files of 4 GiB and more are not supported. Any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::text {

/// A half-open range of bytes [start, end), 0-based, start <= end.
struct Span {
  std::uint32_t start = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - start; }
  bool empty() const { return start == end; }
  bool contains(std::uint32_t offset) const { return start <= offset && offset < end; }
  bool overlaps(Span other) const { return start < other.end && other.start < end; }
  auto operator<=>(const Span&) const = default;
};

/// The replacement of `span` by `content`. The span speaks of the text before the edit.
struct TextEdit {
  Span span;
  std::string content;
  bool operator==(const TextEdit&) const = default;
};

class SourceText {
 public:
  SourceText() : SourceText(std::string()) {}
  /// Any bytes are accepted: invalid UTF-8, NUL, mixed line endings (LF, CRLF and lone CR end a line).
  explicit SourceText(std::string bytes);

  std::string_view bytes() const { return data_->bytes; }
  std::string_view slice(Span span) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(data_->bytes.size()); }

  /// At least 1: an empty text has one empty line, and a final line terminator opens one more.
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(data_->line_starts.size()); }
  /// The line that holds `offset`; an offset beyond the end counts as the end. O(log lines).
  std::uint32_t line_of(std::uint32_t offset) const;
  /// The offset at which `line` starts; a line beyond the last gives size().
  std::uint32_t line_start(std::uint32_t line) const;
  /// The bytes of `line` without its terminator.
  Span line_span(std::uint32_t line) const;

  /// The terminator most lines of the file end with ("\n" when there is none).
  std::string_view dominant_line_ending() const;

  /// The text after one edit; the span is clamped to the text. Copies the bytes, patches the line table.
  SourceText with_edit(const TextEdit& edit) const;

 private:
  struct Data {
    std::string bytes;
    std::vector<std::uint32_t> line_starts;
  };
  explicit SourceText(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

/// Applies edits that speak of one and the same text. They must not overlap; order does not matter, except that
/// insertions at one offset keep theirs.
std::string apply_edits(std::string_view text, std::vector<TextEdit> edits);

}  // namespace surefoot::text

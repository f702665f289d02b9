#include "analysis/text/source_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace surefoot::text {
namespace {

/// True when a line starts at `at` (not 0): the bytes around it decide, nothing else.
bool starts_line(std::string_view bytes, std::size_t at) {
  const char before = bytes[at - 1];
  if (before == '\n') return true;
  return before == '\r' && (at == bytes.size() || bytes[at] != '\n');
}

void append_line_starts_lf(std::string_view bytes, std::vector<std::uint32_t>& starts) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  for (const char* at = begin; at != end;) {
    const auto* found = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (found == nullptr) return;
    at = found + 1;
    starts.push_back(static_cast<std::uint32_t>(at - begin));
  }
}

void append_line_starts_any(std::string_view bytes, std::vector<std::uint32_t>& starts) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char byte = bytes[at];
    if (byte != '\n' && byte != '\r') continue;
    if (starts_line(bytes, at + 1)) starts.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::vector<std::uint32_t> find_line_starts(std::string_view bytes) {
  std::vector<std::uint32_t> starts;
  starts.reserve(bytes.size() / 32 + 1);
  starts.push_back(0);
  // Files with LF alone are nearly all of them, and memchr is several times faster than looking for two bytes.
  if (bytes.find('\r') == std::string_view::npos) {
    append_line_starts_lf(bytes, starts);
  } else {
    append_line_starts_any(bytes, starts);
  }
  return starts;
}

/// The line table of `after`, which is the text of `before` (a table) with `span` replaced by `inserted` bytes. A line
/// start depends on the two bytes around it, so only those that touch the edit are looked at again.
std::vector<std::uint32_t> patch_line_starts(const std::vector<std::uint32_t>& before, Span span, std::size_t inserted,
                                             std::string_view after) {
  const auto kept_end = std::lower_bound(before.begin(), before.end(), span.start);
  const auto moved_begin = std::upper_bound(kept_end, before.end(), span.end);
  std::vector<std::uint32_t> starts;
  starts.reserve(before.size() + 16);
  starts.assign(before.begin(), kept_end);
  for (std::size_t at = span.start; at <= span.start + inserted; ++at) {
    if (at == 0 || starts_line(after, at)) starts.push_back(static_cast<std::uint32_t>(at));
  }
  // Modulo 2^32 this is also right when the text shrinks.
  const auto shift = static_cast<std::uint32_t>(inserted) - span.size();
  const std::size_t first = starts.size();
  starts.insert(starts.end(), moved_begin, before.end());
  for (std::size_t i = first; i < starts.size(); ++i) starts[i] += shift;
  return starts;
}

Span clamp(Span span, std::size_t size) {
  const auto limit = static_cast<std::uint32_t>(size);
  const std::uint32_t start = std::min(span.start, limit);
  return {start, std::clamp(span.end, start, limit)};
}

}  // namespace

SourceText::SourceText(std::string bytes) {
  auto data = std::make_shared<Data>();
  data->line_starts = find_line_starts(bytes);
  data->bytes = std::move(bytes);
  data_ = std::move(data);
}

std::string_view SourceText::slice(Span span) const {
  const Span inside = clamp(span, data_->bytes.size());
  return std::string_view(data_->bytes).substr(inside.start, inside.size());
}

std::uint32_t SourceText::line_of(std::uint32_t offset) const {
  const auto& starts = data_->line_starts;
  const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  return static_cast<std::uint32_t>(after - starts.begin()) - 1;
}

std::uint32_t SourceText::line_start(std::uint32_t line) const {
  return line < data_->line_starts.size() ? data_->line_starts[line] : size();
}

Span SourceText::line_span(std::uint32_t line) const {
  const std::uint32_t start = line_start(line);
  if (line >= line_count() - 1) return {start, size()};
  std::uint32_t end = line_start(line + 1);
  const std::string& bytes = data_->bytes;
  --end;  // every line but the last has a terminator
  if (bytes[end] == '\n' && end > start && bytes[end - 1] == '\r') --end;
  return {start, end};
}

std::string_view SourceText::dominant_line_ending() const {
  static constexpr std::array<std::string_view, 3> kEndings = {"\n", "\r\n", "\r"};
  std::array<std::size_t, 3> counts{};
  for (std::uint32_t line = 0; line + 1 < line_count(); ++line) {
    const std::uint32_t end = line_span(line).end;
    const std::uint32_t next = line_start(line + 1);
    const bool lf = data_->bytes[next - 1] == '\n';
    ++counts[next - end == 2 ? 1 : (lf ? 0 : 2)];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kEndings[static_cast<std::size_t>(most - counts.begin())];
}

SourceText SourceText::with_edit(const TextEdit& edit) const {
  const std::string& old = data_->bytes;
  const Span span = clamp(edit.span, old.size());
  auto data = std::make_shared<Data>();
  data->bytes.reserve(old.size() - span.size() + edit.content.size());
  data->bytes.append(old, 0, span.start).append(edit.content).append(old, span.end);
  data->line_starts = patch_line_starts(data_->line_starts, span, edit.content.size(), data->bytes);
  return SourceText(std::shared_ptr<const Data>(std::move(data)));
}

std::string apply_edits(std::string_view text, std::vector<TextEdit> edits) {
  for (TextEdit& edit : edits) edit.span = clamp(edit.span, text.size());
  std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) { return a.span < b.span; });
  std::string result;
  std::uint32_t copied = 0;
  for (const TextEdit& edit : edits) {
    if (edit.span.start < copied) continue;  // overlaps the one before it: the caller's mistake, not the text's end
    result.append(text.substr(copied, edit.span.start - copied)).append(edit.content);
    copied = edit.span.end;
  }
  return result.append(text.substr(copied));
}

}  // namespace surefoot::text

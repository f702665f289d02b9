#include "analysis/engine/config_document.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "analysis/text/columns.hpp"

namespace surefoot::engine {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::int64_t kMostKeyParts = 200;

std::uint32_t offset_of(const text::SourceText& text, const toml::source_position& position) {
  const text::LineColumn place{position.line == 0 ? 0 : position.line - 1,
                               position.column == 0 ? 0 : position.column - 1};
  return text::to_offset(text, place, text::ColumnUnit::code_point);
}

/// Dotted keys nest a table a part, and tables are freed recursively. (Brackets are limited by the TOML parser itself.)
std::variant<std::monostate, text::Span> find_deep_key(const text::SourceText& text) {
  for (std::uint32_t line = 0; line < text.line_count(); ++line) {
    const text::Span span = text.line_span(line);
    const std::string_view bytes = text.slice(span);
    const std::string_view key = bytes.substr(0, bytes.find_first_of("=#"));
    if (std::count(key.begin(), key.end(), '.') > kMostKeyParts) return span;
  }
  return {};
}

std::string one_line(std::string_view description) {
  std::string line(description);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char each) { return each < 0x20; }, ' ');
  return line;
}

/// From the place the parser stopped at to the end of that line, or the whole line when it stopped at its end.
ConfigProblem syntax_problem(const text::SourceText& text, const toml::parse_error& error) {
  const std::uint32_t at = offset_of(text, error.source().begin);
  text::Span span = text.line_span(text.line_of(at));
  if (at < span.end) span.start = at;
  return {span, "invalid TOML: " + one_line(error.description())};
}

}  // namespace

text::Span span_of(const text::SourceText& text, const toml::source_region& region) {
  const std::uint32_t start = offset_of(text, region.begin);
  return {start, std::max(start, offset_of(text, region.end))};
}

std::variant<TomlDocument, ConfigProblem> read_toml(std::string_view toml) {
  // Blanks for the byte order mark: the parser then counts as we do.
  std::string bytes(toml);
  if (toml.starts_with(kByteOrderMark)) std::fill_n(bytes.begin(), kByteOrderMark.size(), ' ');
  TomlDocument document{{}, text::SourceText(std::move(bytes))};
  const auto deep = find_deep_key(document.text);
  if (const auto* span = std::get_if<text::Span>(&deep))
    return ConfigProblem{*span, "invalid TOML: the key has too many parts"};
  try {
    document.root = toml::parse(document.text.bytes());
  } catch (const toml::parse_error& error) {
    return syntax_problem(document.text, error);
  }
  return document;
}

}  // namespace surefoot::engine

#include "server/cli/markdown.hpp"

#include <algorithm>
#include <cstddef>

#include "server/cli/console.hpp"

namespace surefoot::server {
namespace {

/// Replaces what stands between two marks by its styled form; an unpaired mark stays.
std::string style_between(std::string_view line, std::string_view mark, Style style) {
  std::string styled_line;
  while (true) {
    const std::size_t open = line.find(mark);
    const std::size_t close = open == std::string_view::npos ? open : line.find(mark, open + mark.size());
    if (close == std::string_view::npos) return styled_line.append(line);
    const std::string_view inside = line.substr(open + mark.size(), close - open - mark.size());
    styled_line.append(line.substr(0, open)).append(styled(inside, style, true));
    line.remove_prefix(close + mark.size());
  }
}

std::string prose(std::string_view line) {
  const std::size_t hashes = std::min(line.find_first_not_of('#'), line.size());
  if (hashes > 0 && line.substr(hashes).starts_with(' ')) return styled(line.substr(hashes + 1), Style::bold, true);
  const bool item = line.starts_with("- ") || line.starts_with("* ");
  std::string text = item ? "  \xE2\x80\xA2 " + std::string(line.substr(2)) : std::string(line);
  return style_between(style_between(text, "**", Style::bold), "`", Style::path);
}

}  // namespace

std::string markdown_for_terminal(std::string_view markdown) {
  std::string shown;
  bool in_code = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.starts_with("```")) {
      in_code = !in_code;
      continue;
    }
    shown += in_code && !line.empty() ? "    " + styled(line, Style::dim, true) : prose(line);
    shown += '\n';
  }
  return shown;
}

}  // namespace surefoot::server

#include "server/workspace/gitignore.hpp"

#include <algorithm>
#include <utility>

#include "analysis/engine/config_glob.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

/// Trailing spaces do not count unless a backslash is before them.
std::string_view without_trailing_spaces(std::string_view line) {
  while (line.ends_with(' ')) {
    const std::size_t last = line.find_last_not_of('\\', line.size() - 2);
    const std::size_t backslashes = line.size() - 2 - (last == std::string_view::npos ? std::size_t(-1) : last);
    if (line.size() >= 2 && backslashes % 2 == 1) break;
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

Gitignore::Gitignore(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (auto pattern = parse_line(line)) patterns_.push_back(*std::move(pattern));
  }
}

std::optional<Gitignore::Pattern> Gitignore::parse_line(std::string_view line) {
  if (line.starts_with('#')) return std::nullopt;
  line = without_trailing_spaces(line);
  Pattern pattern;
  if (line.starts_with('!')) {
    pattern.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.folders_only = true;
    line.remove_suffix(1);
  }
  pattern.anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return std::nullopt;
  pattern.literal = line.find_first_of("*?[\\") == std::string_view::npos;
  pattern.glob = line;
  return pattern;
}

bool Gitignore::matches(const Pattern& pattern, std::string_view path) {
  const std::string_view text = pattern.anchored ? path : file_name(path);
  if (pattern.literal) return text == pattern.glob;
  return engine::wildcard_match(pattern.glob, text, engine::Star::stops_at_slash);
}

std::optional<bool> Gitignore::ignores(std::string_view path, bool is_folder) const {
  const auto last = std::find_if(patterns_.rbegin(), patterns_.rend(), [&](const Pattern& pattern) {
    return (is_folder || !pattern.folders_only) && matches(pattern, path);
  });
  return last == patterns_.rend() ? std::nullopt : std::optional(!last->negated);
}

bool is_ignored(const IgnoreScope* scope, std::string_view path, bool is_folder) {
  for (; scope != nullptr; scope = scope->above.get()) {
    if (const auto said = scope->rules.ignores(relative_path(path, scope->folder), is_folder)) return *said;
  }
  return false;
}

}  // namespace surefoot::server

#include "server/cli/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "server/cli/console.hpp"
#include "server/cli/printable.hpp"
#include "server/text_diff.hpp"

namespace surefoot::server {
namespace {

constexpr std::size_t kContext = 3;

using Lines = std::vector<std::string_view>;

/// Lines with their terminators. Only LF ends a line here: that is what patch counts.
Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Lines [old_start, old_end) become lines [new_start, new_end).
struct Change {
  std::size_t old_start, old_end, new_start, new_end;
};

std::size_t breaks_before(std::string_view text, std::size_t offset) {
  return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

/// The line on which an edit that ends at `offset` ends, as the index past its last line.
std::size_t line_end(std::string_view text, std::size_t offset) {
  const bool at_start = offset == 0 || text[offset - 1] == '\n';
  return breaks_before(text, offset) + (at_start ? 0 : 1);
}

/// The edits in lines; those that touch the same line are one.
std::vector<Change> changes(std::string_view before, std::string_view after) {
  std::vector<Change> found;
  std::ptrdiff_t shift = 0;  // of offsets, by the edits so far
  for (const text::TextEdit& edit : line_edits(before, after)) {
    const auto new_start = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(edit.span.start) + shift);
    const std::size_t new_end = new_start + edit.content.size();
    // An edit inside a line takes the whole line on both sides.
    const bool whole = line_end(before, edit.span.end) == breaks_before(before, edit.span.end) &&
                       line_end(after, new_end) == breaks_before(after, new_end);
    const auto end_of = [whole](std::string_view text, std::size_t offset) {
      const std::size_t rest = std::min(text.find('\n', offset), text.size());
      return whole ? line_end(text, offset) : line_end(text, std::min(rest + 1, text.size()));
    };
    const Change change{breaks_before(before, edit.span.start), end_of(before, edit.span.end),
                        breaks_before(after, new_start), end_of(after, new_end)};
    shift += static_cast<std::ptrdiff_t>(edit.content.size()) - static_cast<std::ptrdiff_t>(edit.span.size());
    if (!found.empty() && change.old_start < found.back().old_end) {
      found.back().old_end = change.old_end;
      found.back().new_end = change.new_end;
    } else {
      found.push_back(change);
    }
  }
  return found;
}

class Diff {
 public:
  Diff(std::string_view before, std::string_view after)
      : old_(split(before)), new_(split(after)), changes_(changes(before, after)) {}

  std::string build() {
    for (std::size_t first = 0; first < changes_.size();) {
      std::size_t last = first;
      while (last + 1 < changes_.size() && changes_[last + 1].old_start <= changes_[last].old_end + 2 * kContext)
        ++last;
      add_hunk(first, last);
      first = last + 1;
    }
    return std::move(result_);
  }

 private:
  void add_hunk(std::size_t first, std::size_t last) {
    const std::size_t lead = std::min(kContext, changes_[first].old_start);
    const std::size_t old_start = changes_[first].old_start - lead;
    const std::size_t new_start = changes_[first].new_start - lead;
    const std::size_t old_end = std::min(changes_[last].old_end + kContext, old_.size());
    const std::size_t new_end = std::min(changes_[last].new_end + kContext, new_.size());
    result_ += fmt::format("@@ -{} +{} @@\n", range(old_start, old_end), range(new_start, new_end));
    std::size_t line = old_start;
    for (std::size_t i = first; i <= last; ++i) {
      const Change& change = changes_[i];
      for (; line < change.old_start; ++line) add(' ', old_[line]);
      for (; line < change.old_end; ++line) add('-', old_[line]);
      for (std::size_t added = change.new_start; added < change.new_end; ++added) add('+', new_[added]);
    }
    for (; line < old_end; ++line) add(' ', old_[line]);
  }

  /// "start,count", as diff writes it: an empty range is named by the line before it, a count of one is left out.
  static std::string range(std::size_t start, std::size_t end) {
    const std::size_t count = end - start;
    if (count == 1) return std::to_string(start + 1);
    return fmt::format("{},{}", count == 0 ? start : start + 1, count);
  }

  void add(char sign, std::string_view line) {
    result_ += sign;
    result_ += line;
    if (!line.ends_with('\n')) result_ += "\n\\ No newline at end of file\n";
  }

  Lines old_;
  Lines new_;
  std::vector<Change> changes_;
  std::string result_;
};

Style style_of_line(std::string_view line) {
  if (line.starts_with("---") || line.starts_with("+++")) return Style::bold;
  if (line.starts_with("@@")) return Style::path;
  if (line.starts_with('-')) return Style::removed;
  return line.starts_with('+') ? Style::added : Style::plain;
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return {};
  return fmt::format("--- {}\n+++ {}\n", path, path) + Diff(before, after).build();
}

std::string colour_diff(std::string_view diff) {
  std::string coloured;
  for (std::string_view line : split(diff)) {
    line.remove_suffix(line.ends_with('\n') ? 1 : 0);
    if (line.ends_with('\r')) line.remove_suffix(1);
    coloured += styled(printable(line), style_of_line(line), true) + '\n';
  }
  return coloured;
}

}  // namespace surefoot::server

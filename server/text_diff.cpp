#include "server/text_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace surefoot::server {
namespace {

using Lines = std::vector<std::string_view>;
constexpr int kMaxDifferences = 400;  // lines removed and added; the search costs its square

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// True if `at` lies inside a character or between CR and LF.
bool cuts(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return false;
  return is_continuation(text[at]) || (text[at - 1] == '\r' && text[at] == '\n');
}

Lines split_lines(std::string_view text) {
  Lines lines;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool end = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
    if (!end) continue;
    lines.push_back(text.substr(start, i + 1 - start));
    start = i + 1;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

/// The lines of `before` that stay, as pairs (index before, index after), ascending: Myers' greedy search, "An O(ND)
/// Difference Algorithm and Its Variations" (1986). Nothing when there are too many differences.
class LineMatcher {
 public:
  LineMatcher(const Lines& before, const Lines& after) : before_(before), after_(after) {}

  bool search() {
    std::vector<int> furthest(2 * kMaxDifferences + 3, 0);
    for (int d = 0; d <= kMaxDifferences; ++d) {
      history_.push_back(furthest);
      for (int k = -d; k <= d; k += 2) {
        const int x = follow(start_of(furthest, d, k), k);
        furthest[slot(k)] = x;
        if (x >= size(before_) && x - k >= size(after_)) return true;
      }
    }
    return false;
  }

  std::vector<std::pair<int, int>> matches() const {
    std::vector<std::pair<int, int>> out;
    int x = size(before_);
    int y = size(after_);
    for (int d = static_cast<int>(history_.size()) - 1; d >= 0; --d) {
      const auto& furthest = history_[static_cast<std::size_t>(d)];
      const int k = x - y;
      const int begin_x = start_of(furthest, d, k);
      while (x > begin_x && x - k > begin_x - k) out.emplace_back(--x, --y);
      const bool down = goes_down(furthest, d, k);
      x = down ? begin_x : begin_x - 1;
      y = x - (down ? k + 1 : k - 1);
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

 private:
  static int size(const Lines& lines) { return static_cast<int>(lines.size()); }
  static std::size_t slot(int k) { return static_cast<std::size_t>(k + kMaxDifferences + 1); }
  static bool goes_down(const std::vector<int>& furthest, int d, int k) {
    return k == -d || (k != d && furthest[slot(k - 1)] < furthest[slot(k + 1)]);
  }
  static int start_of(const std::vector<int>& furthest, int d, int k) {
    if (d == 0) return 0;
    return goes_down(furthest, d, k) ? furthest[slot(k + 1)] : furthest[slot(k - 1)] + 1;
  }
  int follow(int x, int k) const {
    while (x < size(before_) && x - k < size(after_) && x - k >= 0 &&
           before_[static_cast<std::size_t>(x)] == after_[static_cast<std::size_t>(x - k)]) {
      ++x;
    }
    return x;
  }

  const Lines& before_;
  const Lines& after_;
  std::vector<std::vector<int>> history_;
};

std::uint32_t offset_of(std::string_view text, const Lines& lines, int line) {
  const auto index = static_cast<std::size_t>(line);
  return static_cast<std::uint32_t>(index < lines.size() ? static_cast<std::size_t>(lines[index].data() - text.data())
                                                         : text.size());
}

}  // namespace

text::TextEdit single_edit(std::string_view before, std::string_view after) {
  const auto [first_before, first_after] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  auto prefix = static_cast<std::size_t>(first_before - before.begin());
  while (cuts(before, prefix) || cuts(after, prefix)) --prefix;
  const std::size_t limit = std::min(before.size(), after.size()) - prefix;
  const auto [last_before, last_after] =
      std::mismatch(before.rbegin(), before.rbegin() + static_cast<std::ptrdiff_t>(limit), after.rbegin());
  auto suffix = static_cast<std::size_t>(last_before - before.rbegin());
  while (suffix > 0 && (cuts(before, before.size() - suffix) || cuts(after, after.size() - suffix))) --suffix;
  const auto end = static_cast<std::uint32_t>(before.size() - suffix);
  return {{static_cast<std::uint32_t>(prefix), end}, std::string(after.substr(prefix, after.size() - suffix - prefix))};
}

std::vector<text::TextEdit> line_edits(std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines old_lines = split_lines(before);
  const Lines new_lines = split_lines(after);
  LineMatcher matcher(old_lines, new_lines);
  if (!matcher.search()) return {single_edit(before, after)};

  std::vector<text::TextEdit> edits;
  auto matches = matcher.matches();
  matches.emplace_back(static_cast<int>(old_lines.size()), static_cast<int>(new_lines.size()));
  int x = 0;
  int y = 0;
  for (const auto& [match_x, match_y] : matches) {
    if (match_x > x || match_y > y) {
      const auto from = offset_of(after, new_lines, y);
      edits.push_back({{offset_of(before, old_lines, x), offset_of(before, old_lines, match_x)},
                       std::string(after.substr(from, offset_of(after, new_lines, match_y) - from))});
    }
    x = match_x + 1;
    y = match_y + 1;
  }
  return edits;
}

}  // namespace surefoot::server

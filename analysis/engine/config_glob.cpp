#include "analysis/engine/config_glob.hpp"

#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace surefoot::engine {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool in_class(std::string_view name, unsigned char byte) {
  static constexpr std::array<std::pair<std::string_view, int (*)(int)>, 12> kClasses = {{
      {"alnum", std::isalnum},
      {"alpha", std::isalpha},
      {"blank", std::isblank},
      {"cntrl", std::iscntrl},
      {"digit", std::isdigit},
      {"graph", std::isgraph},
      {"lower", std::islower},
      {"print", std::isprint},
      {"punct", std::ispunct},
      {"space", std::isspace},
      {"upper", std::isupper},
      {"xdigit", std::isxdigit},
  }};
  for (const auto& [each, test] : kClasses) {
    if (each == name) return byte < 0x80 && test(byte) != 0;
  }
  return false;
}

/// One `[...]`: where it ends, and whether it holds a byte.
struct Bracket {
  std::size_t end = kNone;  // just past the `]`; kNone when there is none
  bool matches = false;
};

/// Reads one member of a bracket expression at `at` (a character, a range or a named class) and moves past it.
bool member_matches(std::string_view pattern, std::size_t& at, unsigned char byte) {
  if (pattern.substr(at, 2) == "[:") {
    const std::size_t close = pattern.find(":]", at + 2);
    if (close != kNone) {
      const std::string_view name = pattern.substr(at + 2, close - at - 2);
      at = close + 2;
      return in_class(name, byte);
    }
  }
  const auto next = [&] {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    return static_cast<unsigned char>(pattern[at++]);
  };
  const unsigned char low = next();
  const bool range = at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']';
  if (!range) return byte == low;
  ++at;
  const unsigned char high = next();
  return low <= byte && byte <= high;
}

Bracket read_bracket(std::string_view pattern, std::size_t open, unsigned char byte) {
  std::size_t at = open + 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  // A `]` that comes first is a member.
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    found = member_matches(pattern, at, byte) || found;
  }
  if (at >= pattern.size()) return {};
  return {at + 1, found != negated};
}

/// Where a match goes on from after one pattern element has taken the byte; nothing when it does not take it.
std::optional<std::size_t> take(std::string_view pattern, std::size_t at, char byte, bool stops_at_slash) {
  const bool slash = stops_at_slash && byte == '/';
  if (pattern[at] == '?') return slash ? std::nullopt : std::optional(at + 1);
  if (pattern[at] == '[') {
    const Bracket bracket = read_bracket(pattern, at, static_cast<unsigned char>(byte));
    if (bracket.end != kNone) return bracket.matches && !slash ? std::optional(bracket.end) : std::nullopt;
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at] == byte ? std::optional(at + 1) : std::nullopt;
}

/// A star that was passed: where the pattern and the text go on when it takes one byte more.
struct Retry {
  std::size_t pattern = kNone;
  std::size_t text = 0;
};

class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view text, Star star)
      : pattern_(pattern), text_(text), stops_(star == Star::stops_at_slash) {}

  /// The last star of each kind is enough to come back to: whatever an earlier one could reach, the last one can too.
  bool run() {
    while (true) {
      if (at_ == pattern_.size() && position_ == text_.size()) return true;
      if (at_ < pattern_.size() && (pass_star() || step())) continue;
      if (!retry()) return false;
    }
  }

 private:
  bool pass_star() {
    if (pattern_[at_] != '*') return false;
    const bool folders = pattern_.substr(at_, 2) == "**" && (at_ == 0 || pattern_[at_ - 1] == '/') &&
                         (at_ + 2 == pattern_.size() || pattern_[at_ + 2] == '/');
    if (!folders) {
      while (at_ < pattern_.size() && pattern_[at_] == '*') ++at_;
      star_ = {at_, position_};
      return true;
    }
    at_ += 2;
    if (at_ < pattern_.size()) ++at_;  // the slash: `**/` may also be nothing
    folders_ = {at_, position_};
    star_ = {};
    whole_names_ = at_ > 0 && pattern_[at_ - 1] == '/';
    return true;
  }

  bool step() {
    if (position_ == text_.size()) return false;
    const auto next = take(pattern_, at_, text_[position_], stops_);
    if (!next) return false;
    at_ = *next;
    ++position_;
    return true;
  }

  bool retry() {
    if (star_.pattern != kNone && star_.text < text_.size() && !(stops_ && text_[star_.text] == '/')) {
      at_ = star_.pattern;
      position_ = ++star_.text;
      return true;
    }
    if (folders_.pattern == kNone || folders_.text >= text_.size()) return false;
    star_ = {};
    at_ = folders_.pattern;
    position_ = ++folders_.text;
    if (whole_names_) {
      const std::size_t slash = text_.find('/', position_ - 1);
      if (slash == kNone) return false;
      position_ = folders_.text = slash + 1;
    }
    return true;
  }

  std::string_view pattern_;
  std::string_view text_;
  bool stops_;
  bool whole_names_ = false;
  std::size_t at_ = 0;
  std::size_t position_ = 0;
  Retry star_;
  Retry folders_;
};

constexpr std::size_t kMaxAlternatives = 256;

/// The closing brace of the `{` at `open` and the commas directly inside; empty when it is never closed.
std::vector<std::size_t> brace_stops(std::string_view glob, std::size_t open) {
  std::vector<std::size_t> stops;
  int depth = 0;
  for (std::size_t at = open; at < glob.size(); ++at) {
    if (glob[at] == '\\') {
      ++at;
    } else if (glob[at] == '{') {
      ++depth;
    } else if (glob[at] == ',' && depth == 1) {
      stops.push_back(at);
    } else if (glob[at] == '}' && --depth == 0) {
      stops.push_back(at);
      return stops;
    }
  }
  return {};
}

/// Replaces the first brace group of each glob until there is none, or there are too many.
std::vector<std::string> expand_braces(std::string_view glob) {
  std::vector<std::string> done;
  std::vector<std::string> open{std::string(glob)};
  while (!open.empty()) {
    const std::string each = std::move(open.back());
    open.pop_back();
    const std::size_t brace = each.find('{');
    const std::vector<std::size_t> stops = brace == kNone ? std::vector<std::size_t>{} : brace_stops(each, brace);
    if (stops.empty() || open.size() + done.size() > kMaxAlternatives) {
      done.push_back(each);
      continue;
    }
    std::size_t start = brace + 1;
    for (const std::size_t stop : stops) {
      open.push_back(each.substr(0, brace) + each.substr(start, stop - start) + each.substr(stops.back() + 1));
      start = stop + 1;
    }
  }
  return done;
}

/// How far up from the path a glob is looked for.
enum class Reach : unsigned char { path_alone, folders_above };

bool names_plain(std::string_view glob, std::string_view path) {
  const bool anchored = glob.starts_with('/');
  if (anchored) glob.remove_prefix(1);
  if (wildcard_match(glob, path, Star::crosses_slash)) return true;
  const std::size_t slash = path.rfind('/');
  return !anchored && slash != kNone && wildcard_match(glob, path.substr(slash + 1), Star::crosses_slash);
}

bool covers_plain(std::string_view glob, std::string_view path, Reach reach) {
  while (!path.empty()) {
    if (names_plain(glob, path)) return true;
    const std::size_t slash = path.rfind('/');
    if (slash == kNone || reach == Reach::path_alone) return false;
    path = path.substr(0, slash);
  }
  return false;
}

bool covers(std::string_view glob, std::string_view path, Reach reach) {
  const bool negated = glob.starts_with('!');
  if (negated) glob.remove_prefix(1);
  if (glob.starts_with("./")) glob.remove_prefix(2);
  while (glob.ends_with('/')) glob.remove_suffix(1);
  if (glob.empty()) return false;
  bool covered = false;
  if (glob.find('{') == kNone) {
    covered = covers_plain(glob, path, reach);
  } else {
    for (const std::string& each : expand_braces(glob)) covered = covered || covers_plain(each, path, reach);
  }
  return covered != negated;
}

}  // namespace

bool wildcard_match(std::string_view pattern, std::string_view text, Star star) {
  return Matcher(pattern, text, star).run();
}

bool glob_covers(std::string_view glob, std::string_view path) { return covers(glob, path, Reach::folders_above); }

bool glob_names(std::string_view glob, std::string_view path) { return covers(glob, path, Reach::path_alone); }

}  // namespace surefoot::engine

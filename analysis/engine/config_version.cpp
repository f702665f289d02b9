// Python versions: of `target-version` and of `requires-python` (PEP 440 specifiers, PEP 621).
#include <algorithm>
#include <charconv>

#include "analysis/engine/config.hpp"
#include "analysis/engine/python_requires.hpp"

namespace surefoot::engine {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes the digits at the start of `text`.
std::optional<std::uint16_t> take_number(std::string_view& text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// "3.9", "3.9.1", "3.9.*", "3" (as 3.0); `rest` gets what follows the minor version.
std::optional<PythonVersion> release(std::string_view text, std::string_view& rest) {
  const auto major = take_number(text);
  if (!major) return std::nullopt;
  PythonVersion version{*major, 0};
  if (text.starts_with('.')) {
    std::string_view tail = text.substr(1);
    if (const auto minor = take_number(tail)) {
      version.minor = *minor;
      text = tail;
    }
  }
  rest = text;
  return version;
}

struct Clause {
  std::string_view comparison;
  PythonVersion version;
  bool all_of_minor = false;  // "3.9.*", or "3.9" without more
};

std::optional<Clause> parse_clause(std::string_view text) {
  text = trim(text);
  const std::size_t length = std::min(text.find_first_not_of("<>=!~"), text.size());
  Clause clause{text.substr(0, length), {}, false};
  std::string_view rest;
  const auto version = release(trim(text.substr(length)), rest);
  if (!version || clause.comparison.empty()) return std::nullopt;
  clause.version = *version;
  clause.all_of_minor = rest == ".*";
  return clause;
}

bool bounds_below(std::string_view comparison) {
  return comparison == ">=" || comparison == ">" || comparison == "==" || comparison == "===" || comparison == "~=";
}

}  // namespace

std::optional<PythonVersion> parse_target_version(std::string_view text) {
  const bool tagged = text.starts_with("py");
  if (tagged) text.remove_prefix(2);
  if (!text.starts_with('3')) return std::nullopt;
  text.remove_prefix(1);
  if (!tagged) {
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  const auto minor = take_number(text);
  const bool free_threaded = minor && *minor >= 13 && text == "t";  // PEP 703
  if (!minor || *minor > 99 || !(text.empty() || free_threaded)) return std::nullopt;
  return PythonVersion{3, *minor, free_threaded};
}

std::optional<PythonVersion> parse_requires_python(std::string_view specifier) {
  std::vector<Clause> clauses;
  while (!specifier.empty()) {
    const std::size_t comma = std::min(specifier.find(','), specifier.size());
    if (const auto clause = parse_clause(specifier.substr(0, comma))) clauses.push_back(*clause);
    specifier.remove_prefix(std::min(comma + 1, specifier.size()));
  }
  std::optional<PythonVersion> lowest;
  for (const Clause& clause : clauses) {
    if (bounds_below(clause.comparison)) lowest = std::max(lowest.value_or(clause.version), clause.version);
  }
  if (!lowest) return std::nullopt;
  // ">=3.9, !=3.9.*" admits 3.10 first. Sorted, so that one pass is enough.
  std::sort(clauses.begin(), clauses.end(), [](const Clause& a, const Clause& b) { return a.version < b.version; });
  for (const Clause& clause : clauses) {
    if (clause.comparison == "!=" && clause.all_of_minor && clause.version == *lowest) ++lowest->minor;
  }
  return lowest;
}

// Source: Poetry documentation, "Dependency specification": both begin at the version they name.
std::optional<PythonVersion> parse_poetry_python(std::string_view constraint) {
  const std::size_t start = std::min(constraint.find_first_not_of(' '), constraint.size());
  constraint.remove_prefix(start);
  const bool caret = constraint.starts_with('^');
  const bool tilde = constraint.starts_with('~') && !constraint.starts_with("~=");
  if (!caret && !tilde) return parse_requires_python(constraint);
  return parse_requires_python(">=" + std::string(constraint.substr(1)));
}

// Source: setuptools documentation, "Configuring setuptools using setup.cfg files" and "Keywords".
std::optional<StatedPython> find_python_requires(std::string_view text) {
  constexpr std::string_view kKey = "python_requires";
  std::uint32_t number = 0;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    start = end + 1;
    line = line.substr(0, line.find('#'));
    const std::size_t key = line.find(kKey);
    const std::size_t equals = key == std::string_view::npos ? key : line.find('=', key + kKey.size());
    if (equals == std::string_view::npos) continue;
    std::string_view value = line.substr(equals + 1);
    if (const std::size_t quote = value.find_first_of("\"'"); quote != std::string_view::npos) {
      value = value.substr(quote + 1);
      value = value.substr(0, value.find_first_of("\"'"));
    }
    if (const auto version = parse_requires_python(value)) return StatedPython{*version, number};
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace surefoot::engine

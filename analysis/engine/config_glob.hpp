#pragma once
// Globs over paths with forward slashes: those of the configuration (`exclude`, `per-file-ignores`) and the wildcard
// matching beneath .gitignore lines. Pure, iterative, no allocation but for braces. Any thread.

#include <string_view>

namespace surefoot::engine {

/// What a lone `*` and `?` do at a slash. `**` always crosses it.
enum class Star : unsigned char { stops_at_slash, crosses_slash };

/// True when all of `text` matches `pattern`: `?`, `*`, `**`, `[a-z]`, `[!a-z]`, `[^a-z]`, `[[:digit:]]`, and a
/// backslash that takes the next character as it is. `**/` matches any number of folders, none included; an unclosed
/// `[` is itself. Source: gitignore(5) and git's wildmatch for `stops_at_slash`; the glob syntax of Ruff's settings for
/// `crosses_slash`.
bool wildcard_match(std::string_view pattern, std::string_view text, Star star);

/// True when a glob of the configuration covers `path`, which is relative to the configuration's folder
/// ("app/main.py"): when it matches the whole path or just the last name, of the file itself or of a folder above it.
/// So "tests", "tests/", "tests/*", "**/tests/**" and "test_*.py" all do what they look like. `{a,b}` stands for
/// alternatives. A glob that starts with "!" covers what the rest does not; "./" at its start is skipped, "/" ties it
/// to the whole path.
bool glob_covers(std::string_view glob, std::string_view path);

/// The same, but not by the folders above: for whoever walks down from them.
bool glob_names(std::string_view glob, std::string_view path);

}  // namespace surefoot::engine

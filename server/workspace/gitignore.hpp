#pragma once
// What .gitignore files say about a path. Source: gitignore(5). Pure; immutable after construction; any thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::server {

/// One .gitignore (or .git/info/exclude).
class Gitignore {
 public:
  explicit Gitignore(std::string_view text);

  /// What the last line that matches says about `path`, relative to the file's folder: true ignored, false taken back
  /// with "!"; nothing when no line matches. Folders above are not asked.
  std::optional<bool> ignores(std::string_view path, bool is_folder) const;

  bool empty() const { return patterns_.empty(); }

 private:
  struct Pattern {
    std::string glob;
    bool negated = false;
    bool folders_only = false;
    bool anchored = false;  // matches the path, not just the last name
    bool literal = false;   // no wildcards
  };
  static std::optional<Pattern> parse_line(std::string_view line);
  static bool matches(const Pattern& pattern, std::string_view path);

  std::vector<Pattern> patterns_;
};

/// The .gitignore files that speak for a folder: its own, then those above. The innermost that says something decides.
struct IgnoreScope {
  std::shared_ptr<const IgnoreScope> above;
  std::string folder;  // absolute
  Gitignore rules;
};

/// `path` is absolute. Folders above it are taken to be not ignored: whoever walks down does not enter ignored ones.
bool is_ignored(const IgnoreScope* scope, std::string_view path, bool is_folder);

}  // namespace surefoot::server

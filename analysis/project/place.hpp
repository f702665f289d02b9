#pragma once
// Where a file stands, and the names that files go by in the project.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::project {

/// Where a file stands. Paths have forward slashes.
struct Place {
  /// Relative to the project's root ("app/main.py").
  std::string path;
  /// The project's root, absolute; empty for a text that is not on disk.
  std::string root;
  /// Folders that absolute imports start from, absolute, first match first; the root and its `src` come behind them.
  std::vector<std::string> source_roots = {};
  /// True when imports may be looked for above the root: nothing says that it is one.
  bool open_above = false;
  /// The folder of the packages that imports may mean beside the files of the project, absolute; empty: they are not
  /// followed there. It is the root of the files that stand in it.
  std::string packages = {};

  bool is_in_packages() const { return !packages.empty() && packages == root; }
  bool operator==(const Place&) const = default;

  /// Names the file among all that are looked at: absolute for one on disk.
  std::string location() const { return root.empty() ? path : root + "/" + path; }
};

struct Module;
using ModulePtr = std::shared_ptr<const Module>;

/// Names a file in tables: a hash of its location.
using ModuleKey = std::uint64_t;
ModuleKey module_key(std::string_view location);

}  // namespace surefoot::project

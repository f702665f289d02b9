#pragma once
// One file of the project, read: its text, its units and what they say by themselves. A pure function of where it
// stands and of its text. Immutable; any thread.

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/semantics/module_index.hpp"
#include "analysis/syntax/tree.hpp"
#include "analysis/syntax/units.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::project {

/// Where a file stands. Paths have forward slashes.
struct Place {
  /// Relative to the project's root ("app/main.py").
  std::string path;
  /// The project's root, absolute; empty for a text that is not on disk.
  std::string root;
  /// Folders that absolute imports start from, absolute, first match first; the root and its `src` come behind them.
  std::vector<std::string> source_roots;

  /// Names the file among all that are looked at: absolute for one on disk.
  std::string location() const { return root.empty() ? path : root + "/" + path; }
};

struct Module {
  Place place;
  text::SourceText text;
  syntax::UnitList units;
  std::vector<std::shared_ptr<const semantics::UnitModel>> models;  // one a unit
  std::unique_ptr<const semantics::ModuleIndex> index;
};
using ModulePtr = std::shared_ptr<const Module>;

/// Reads a parsed file; models of units that `previous` has too are taken from there.
ModulePtr read_module(Place place, text::SourceText text, const syntax::Tree& tree, const Module* previous = nullptr);

/// The absolute dotted paths that the file imports, anywhere in it: of `from app.db import Repo`, "app.db.Repo"; of
/// `from app.db import *`, "app.db". Sorted, each once.
std::vector<std::string> imported_paths(const Module& module);

}  // namespace surefoot::project

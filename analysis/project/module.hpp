#pragma once
// One file of the project, read: its text, its units and what they say by themselves. A pure function of where it
// stands and of its text. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/place.hpp"
#include "analysis/semantics/module_index.hpp"
#include "analysis/syntax/units.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::project {

struct Module {
  Place place;
  text::SourceText text;
  syntax::UnitList units;
  std::vector<std::shared_ptr<const semantics::UnitModel>> models;  // one a unit
  std::vector<std::uint64_t> imports;                               // one a unit: a hash of what it imports
  std::unique_ptr<const semantics::ModuleIndex> index;
};

/// Reads a file; what `previous` has too is taken from there.
ModulePtr read_module(Place place, text::SourceText text, const Module* previous = nullptr,
                      const std::stop_token& stop = {});

/// The absolute dotted paths that the file imports, anywhere in it: of `from app.db import Repo`, "app.db.Repo"; of
/// `from app.db import *`, "app.db". Sorted, each once.
std::vector<std::string> imported_paths(const Module& module);
/// Changes when those do.
std::uint64_t imports_hash(const Module& module);

}  // namespace surefoot::project

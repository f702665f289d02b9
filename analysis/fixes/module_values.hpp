#pragma once
// What a module keeps under a name from its import on, and who uses that name.

#include <string>
#include <vector>

#include "analysis/fixes/file_view.hpp"

namespace surefoot::fixes {

/// `NAME = value` (or `NAME: annotation = value`) as a statement at the top level; all null for anything else.
struct ModuleValue {
  syntax::Node statement;
  syntax::Node target;
  syntax::Node value;
  syntax::Node annotation;
};

/// The definition that a node is a part of.
ModuleValue module_value_of(syntax::Node node);

/// The places of the file that read a name, all of them when functions run.
struct Uses {
  std::vector<Place> places;
  std::string problem;  // why there are others ("`session` is used while the module is imported"); else empty
};

/// The uses of what the module keeps. `definition` stands in the unit of `place`.
Uses later_uses(const FileView& file, const Place& place, const ModuleValue& definition);

}  // namespace surefoot::fixes

#pragma once
// Where a value is written: the expressions behind the names that a file gives it.

#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// An expression and the unit it stands in.
struct Source {
  const semantics::UnitModel* unit = nullptr;
  Node node;
};

/// The expressions that a value may come from: itself when it is no plain name; for a name, all that this function or
/// this module gives it. Empty when some of them cannot be seen (a parameter, an import, a loop). Reads other units, so
/// what it says holds for this version of the file only: ask in `confirm` and `fix`.
std::vector<Source> sources_of(Node expression, Context& context);
std::vector<Source> sources_of(const Source& expression, Context& context);

}  // namespace surefoot::rules

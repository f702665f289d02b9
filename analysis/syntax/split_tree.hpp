#pragma once
// The units of a tree. Internal to syntax/.

#include <vector>

#include "analysis/syntax/known_units.hpp"
#include "analysis/syntax/tree.hpp"

namespace surefoot::syntax {

/// Places count from the start of the text.
struct TreeUnits {
  std::vector<PlacedUnit> units;
  std::vector<text::Span> comments;  // those between units
  std::uint32_t rebuilt = 0;         // how many units were not known
  Tree mended;                       // a tree of the same text, made because the one to split was not trusted
};

/// Splits a tree of `text`. Statements that only the grammar takes for right (syntax/joined_lines.hpp) are mended
/// first; `mended`: of an earlier text, or empty, only saves time.
TreeUnits split_tree(const Tree& tree, const text::SourceText& text, KnownUnits& known, const Tree& mended = {});

}  // namespace surefoot::syntax

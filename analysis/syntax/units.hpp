#pragma once
// A file as a list of units: its top-level statements, classes split into a header and their members (nested classes
// too). An unchanged unit is the same object in the next version of the file, so whatever is computed from a unit is
// computed once.

#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/syntax/ast.hpp"
#include "analysis/syntax/tree.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::syntax {

/// Immutable; shared between versions of a file and between threads.
struct Unit {
  Ast ast;
  /// A class's header: decorators, name and bases. Its members are the units that follow, one level deeper.
  bool is_class_header = false;
};

inline constexpr std::uint32_t kNew = UINT32_MAX;

struct PlacedUnit {
  std::shared_ptr<const Unit> unit;
  std::uint32_t offset = 0;       // of the unit's start in the file
  std::uint32_t level = 0;        // 0 at the top level, 1 in a class, 2 in a class in a class ...
  std::uint32_t previous = kNew;  // its index in the list it was taken from
};

struct UnitList {
  std::vector<PlacedUnit> units;     // in the order of the file
  std::vector<text::Span> comments;  // those between units, in the order of the file
  std::uint32_t rebuilt = 0;         // how many were not taken from the previous list
  Tree mended;                       // a tree of the same text, made because the one to split was not trusted
};

/// Splits a file. A unit that `previous` has already, letter by letter, is taken from there: a statement that could be
/// parsed means the same wherever it stands. (tree-sitter's own nodes are no help: behind an edit it makes many anew.)
/// Statements that only the grammar takes for right (syntax/joined_lines.hpp) are mended first.
UnitList split_units(const Tree& tree, const text::SourceText& text, const UnitList* previous = nullptr);

}  // namespace surefoot::syntax

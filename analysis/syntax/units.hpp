#pragma once
// A file as a list of units: its top-level statements, classes split into a header and their members (nested classes
// too). An unchanged unit is the same object in the next version of the file, so whatever is computed from a unit is
// computed once.

#include <cstdint>
#include <memory>
#include <stop_token>
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

/// True for a function, and for a class or its header.
bool is_definition(const Unit& unit);

inline constexpr std::uint32_t kNew = UINT32_MAX;

struct PlacedUnit {
  std::shared_ptr<const Unit> unit;
  std::uint32_t offset = 0;       // of the unit's start in the file
  std::uint32_t level = 0;        // 0 at the top level, 1 in a class, 2 in a class in a class ...
  std::uint32_t previous = kNew;  // its index in the list it was taken from
  bool is_definition = false;     // as is_definition() says of the unit
};

/// The trees of a piece, where they are worth keeping for its next version.
struct PieceTrees {
  Tree tree;
  Tree mended;  // of the same text, made because the first one was not trusted; else empty
};

/// A part of a file that is parsed by itself (syntax/pieces.hpp), with what was found in it.
struct Piece {
  std::uint32_t offset = 0;         // in the file
  std::uint32_t size = 0;           // in bytes
  std::uint32_t first_unit = 0;     // its units end where those of the next piece begin
  std::uint32_t first_comment = 0;  // so do its comments
  std::shared_ptr<const PieceTrees> trees;
};

struct UnitList {
  std::vector<PlacedUnit> units;     // in the order of the file
  std::vector<text::Span> comments;  // those between units, in the order of the file
  std::vector<Piece> pieces;         // all of the text, in order
  std::uint32_t rebuilt = 0;         // how many units were not taken from the previous list
};

/// A list and the text that it was read from.
struct ReadUnits {
  const text::SourceText& text;
  const UnitList& list;
};

/// Parses a file and splits it. Pieces and units that `previous` has already, letter by letter, are taken from there: a
/// piece means the same wherever it stands, and so does a statement that could be parsed. The result depends on the
/// text alone. Once `stop` asks for it, nothing more is read.
UnitList read_units(const text::SourceText& text, const ReadUnits* previous = nullptr,
                    const std::stop_token& stop = {});

}  // namespace surefoot::syntax

#pragma once
// Compares two readings of one text.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/syntax/known_units.hpp"
#include "analysis/syntax/pieces.hpp"
#include "analysis/syntax/quick_parser.hpp"
#include "analysis/syntax/quick_words.hpp"
#include "analysis/syntax/split_tree.hpp"
#include "analysis/syntax/tree.hpp"
#include "analysis/syntax/units.hpp"

namespace surefoot::test {

inline bool is_same(const syntax::NodeData& a, const syntax::NodeData& b) {
  return a.kind == b.kind && a.field == b.field && a.is_async == b.is_async && a.has_error == b.has_error &&
         a.start == b.start && a.end == b.end && a.parent == b.parent && a.after == b.after;
}

inline std::string difference(const syntax::Ast& a, const syntax::Ast& b) {
  if (a.text() != b.text()) return "the text of `" + std::string(a.text().substr(0, 60)) + "`";
  if (a.comments() != b.comments()) return "the comments of `" + std::string(a.text().substr(0, 60)) + "`";
  for (std::uint32_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!is_same(a.data(i), b.data(i))) {
      return "node " + std::to_string(i) + ", " + std::string(syntax::kind_name(a.data(i).kind)) + ": `" +
             std::string(a.node(i).text().substr(0, 60)) + "`";
    }
  }
  return a.size() == b.size() ? "" : "the number of nodes in `" + std::string(a.text().substr(0, 60)) + "`";
}

/// Where the two differ first; empty when they do not.
inline std::string difference(const syntax::TreeUnits& a, const syntax::TreeUnits& b) {
  for (std::size_t i = 0; i < std::min(a.units.size(), b.units.size()); ++i) {
    const syntax::PlacedUnit& left = a.units[i];
    const syntax::PlacedUnit& right = b.units[i];
    const bool same = left.offset == right.offset && left.level == right.level &&
                      left.is_definition == right.is_definition &&
                      left.unit->is_class_header == right.unit->is_class_header;
    std::string where = same ? difference(left.unit->ast, right.unit->ast) : "the place";
    if (!where.empty()) return "unit " + std::to_string(i) + " at " + std::to_string(left.offset) + ": " + where;
  }
  if (a.units.size() != b.units.size()) return "the number of units";
  return a.comments == b.comments ? "" : "the comments between units";
}

/// A piece of a file, read by the quick parser and by the full one.
struct BothWays {
  bool is_read_quickly = false;
  std::string difference;  // empty where the quick one gives nothing

  explicit BothWays(std::string_view piece) {
    static thread_local syntax::QuickParser parser;
    syntax::TreeUnits quick;
    is_read_quickly = parser.read(piece, quick);
    if (!is_read_quickly) return;
    const text::SourceText text{std::string(piece)};
    const syntax::Tree tree = syntax::read(text);
    syntax::KnownUnits nothing(nullptr);
    difference = test::difference(syntax::split_tree(tree, text, nothing), quick);
    if (difference.empty() && !tree.unreadable().empty()) difference = "what cannot be read";
  }
};

/// The piece that begins at `start`, read by the quick parser out of the whole file, which tells it where the piece
/// ends, and by itself.
struct PieceInFile {
  std::size_t end;
  std::string difference;

  PieceInFile(std::string_view file, std::size_t start) : end(syntax::piece_end(file, start)) {
    static thread_local syntax::QuickParser parser;
    const std::string_view piece = file.substr(start, end - start);
    if (syntax::has_odd_bytes(file)) return;
    syntax::TreeUnits in_file;
    syntax::TreeUnits alone;
    const std::size_t size = parser.read_piece(file.substr(start), in_file);
    if (size != (parser.read(piece, alone) ? piece.size() : 0)) {
      difference = "the end of the piece";
    } else if (size != 0) {
      difference = test::difference(alone, in_file);
    }
  }
};

}  // namespace surefoot::test

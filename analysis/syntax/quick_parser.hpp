#pragma once
// A fast reader of ordinary Python: gives the units that the full parser (syntax/tree.hpp) would give, many times
// faster, or nothing where a text holds anything unusual or wrong. It is strict: it takes a part of Python in which
// there is one way to read a text, and leaves all else to the full parser. Whatever it gives is the same, node by node
// (tests/corpus holds the two together, over right code and over code that was broken at random). Internal to syntax/.

#include <string_view>
#include <vector>

#include "analysis/syntax/quick_nodes.hpp"
#include "analysis/syntax/quick_tokens.hpp"
#include "analysis/syntax/split_tree.hpp"

namespace surefoot::syntax {

/// One thread at a time. Keeps its memory, up to a bound, for the texts that follow.
class QuickParser {
 public:
  static QuickParser& of_this_thread();

  /// The units of a piece of a file (syntax/pieces.hpp). False when the full parser has to read it; `units` means
  /// nothing then.
  bool read(std::string_view text, TreeUnits& units);

  /// The units of the piece that begins the text, which has_odd_bytes() (syntax/quick_words.hpp) is false of. Gives
  /// the end of the piece; 0 when the full parser has to read it, wherever it ends.
  std::size_t read_piece(std::string_view text, TreeUnits& units);

 private:
  TokenList tokens_;
  RawNodes nodes_;
};

}  // namespace surefoot::syntax

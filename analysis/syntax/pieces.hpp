#pragma once
// A file cut into pieces that are parsed one by one, where its lines alone say that a top-level statement begins. What
// a piece is depends on its own text, so an edit changes the pieces around it and no others, and what cannot be parsed
// stays in its piece.

#include <cstddef>
#include <string_view>

namespace surefoot::syntax {

/// The end of the piece that begins at `start`: the start of the next one, or the end of the text. A piece begins at
/// the start of the text, and at a line that begins with neither a space nor a comment, unless it goes on with what is
/// there: in a string or in brackets, behind a backslash or a decorator, `else` and the like. In brackets that nobody
/// closed, `def`, `class`, `import` and decorators begin one too.
std::size_t piece_end(std::string_view text, std::size_t start);

/// The same for who reads the text anyway, and asks at its lines one after the other.
class PieceStarts {
 public:
  explicit PieceStarts(char first) : decorated_(first == '@') {}
  /// `line`: the text from the start of a line on, kPieceLookahead bytes at least if there are so many. The line stands
  /// in no string and no brackets, and goes on with no line before it.
  bool begin_at(std::string_view line);

 private:
  bool decorated_;  // all lines up to here are decorators
};

/// The end of a string that begins with a quote at `start`: of single quotes behind its line if nothing closes it, of
/// triple quotes at the end of the text then.
std::size_t string_end(std::string_view text, std::size_t start);

/// Whether a piece begins at an offset is decided by the text before it and by so many bytes behind it.
inline constexpr std::size_t kPieceLookahead = 16;

}  // namespace surefoot::syntax

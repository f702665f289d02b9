#pragma once
// The tokens of a Python text, for syntax/quick_parser.hpp. Strict: whatever is unusual (or wrong) is not read at all,
// and left to the full parser. Internal to syntax/.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::syntax {

enum class TokenKind : std::uint8_t {
  name,
  keyword,
  integer,
  float_,
  string,     // whole, without interpolations
  f_start,    // prefix and quotes of a string with interpolations
  f_text,     // letters of it
  f_open,     // `{`
  f_spec,     // the `:` before a format
  f_convert,  // `!r`
  f_equals,   // `=` before what ends the interpolation
  f_close,    // `}`
  f_end,      // quotes
  op,
  newline,  // the end of a statement's line: an empty range behind the last thing on it, comments included
  indent,
  dedent,  // an empty range behind the last thing of the block, comments included
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  /// Of a string: of its quotes. Of an operator: how many bytes. Of a keyword: nothing.
  std::uint8_t detail = 0;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

struct TokenList {
  bool is_whole = false;  // false: something is unusual, and the rest means nothing
  std::vector<Token> tokens;
  std::vector<text::Span> comments;
};

TokenList read_tokens(std::string_view text);

}  // namespace surefoot::syntax

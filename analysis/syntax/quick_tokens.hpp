#pragma once
// The tokens of a Python text, for syntax/quick_parser.hpp. Strict: whatever is unusual (or wrong) is not read at all,
// and left to the full parser. Internal to syntax/.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// A short word or operator as one number, to be compared at once; 0 for one of more than eight bytes.
constexpr std::uint64_t packed(std::string_view text) {
  if (text.size() > 8) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = text.size(); i > 0; --i) number = number << 8U | static_cast<std::uint8_t>(text[i - 1]);
  return number;
}

/// The same for `size` bytes from `start` on.
inline std::uint64_t packed_part(std::string_view text, std::size_t start, std::size_t size) {
  if (std::endian::native != std::endian::little || size > 8 || start + 8 > text.size()) {
    return packed(text.substr(start, size));
  }
  std::uint64_t number = 0;
  std::memcpy(&number, text.data() + start, 8);
  return size == 8 ? number : number & ((std::uint64_t{1} << (8 * size)) - 1);
}

/// The same of what the source of the reader says.
struct Word {
  std::uint64_t number;
  consteval Word(const char* text) : number(packed(text)) {}  // NOLINT(google-explicit-constructor)
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint8_t quotes = 0;  // of a string: how many stand at its end
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint64_t word = 0;  // of names, keywords and operators: packed()
};

struct TokenList {
  std::vector<Token> tokens;
  std::vector<text::Span> comments;
};

/// False when something is unusual; what is in `list` means nothing then.
bool read_tokens(std::string_view text, TokenList& list);

/// Those of the piece that begins the text (syntax/pieces.hpp), which has_odd_bytes() (syntax/quick_words.hpp) is false
/// of. Gives its end; 0 when something is unusual.
std::size_t read_tokens_of_piece(std::string_view text, TokenList& list);

}  // namespace surefoot::syntax

#pragma once
// The letters, words and numbers of the quick reader's tokens (syntax/quick_tokens.hpp). Internal to syntax/.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace surefoot::syntax {

enum class Char : std::uint8_t { other, letter, digit, blank, quote };

inline constexpr std::array<Char, 256> kChars = [] {
  std::array<Char, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = Char::letter;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = Char::letter;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = Char::digit;
  table['_'] = Char::letter;
  table[' '] = Char::blank;
  table['\t'] = Char::blank;
  table['"'] = Char::quote;
  table['\''] = Char::quote;
  return table;
}();

inline Char class_of(char c) { return kChars[static_cast<unsigned char>(c)]; }
inline bool is_word(char c) { return class_of(c) == Char::letter || class_of(c) == Char::digit; }

/// True for a text with bytes that the lexer of the grammar has its own ways with, or that are not UTF-8.
bool has_odd_bytes(std::string_view text);

/// `word`: packed (syntax/quick_tokens.hpp).
bool is_keyword(std::uint64_t word);

/// True for what may stand before a quote: "rb", "F". `word` is not empty.
bool is_string_prefix(std::string_view word);

struct ScannedNumber {
  std::size_t end = 0;  // where it began when it is no number, or one that is better left to the parser
  bool is_float = false;
};
/// The number that begins with the digit or dot at `start`.
ScannedNumber scan_number(std::string_view text, std::size_t start);

}  // namespace surefoot::syntax

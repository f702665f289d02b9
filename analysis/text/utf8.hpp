#pragma once
// Characters in bytes that claim to be UTF-8: the only such code in the project. Total over any bytes; any thread.
// Source: Unicode 15, table 3-7 (well-formed byte sequences).

#include <cstddef>
#include <string_view>

namespace surefoot::text {

struct Character {
  char32_t code_point = 0;  // U+FFFD for a byte that is not part of valid UTF-8
  std::size_t length = 1;   // in bytes
  bool valid = true;
};

/// The character at `at`, which is less than bytes.size().
Character character_at(std::string_view bytes, std::size_t at);

/// How many bytes at the start are ASCII.
std::size_t ascii_prefix(std::string_view bytes);

/// The offset of the first byte that is not part of valid UTF-8; npos when all are.
std::size_t first_invalid_utf8(std::string_view bytes);

}  // namespace surefoot::text

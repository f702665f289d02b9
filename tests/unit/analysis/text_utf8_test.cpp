#include <string>

#include "analysis/text/utf8.hpp"
#include "tests/unit/catch.hpp"

using surefoot::text::ascii_prefix;
using surefoot::text::character_at;
using surefoot::text::first_invalid_utf8;

TEST_CASE("characters of one to four bytes are read") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  CHECK(character_at(text, 0).code_point == U'a');
  CHECK(character_at(text, 1).code_point == U'\u00E9');
  CHECK(character_at(text, 1).length == 2);
  CHECK(character_at(text, 3).code_point == U'\u20AC');
  CHECK(character_at(text, 6).code_point == U'\U0001F600');
  CHECK(character_at(text, 6).length == 4);
}

TEST_CASE("a byte that belongs to no character is one by itself") {
  const std::string text = "\xE2\x82z";
  CHECK_FALSE(character_at(text, 0).valid);
  CHECK(character_at(text, 0).code_point == 0xFFFD);
  CHECK(character_at(text, 0).length == 1);
  CHECK(character_at(text, 2).valid);
}

TEST_CASE("the first invalid byte is found wherever it stands") {
  CHECK(first_invalid_utf8("") == std::string::npos);
  CHECK(first_invalid_utf8("plain ASCII, longer than a word") == std::string::npos);
  CHECK(first_invalid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80 and so on") == std::string::npos);
  for (std::size_t length = 0; length < 20; ++length) {
    CHECK(first_invalid_utf8(std::string(length, 'x') + "\xE9") == length);
    CHECK(first_invalid_utf8(std::string(length, 'x') + "\xC3\xA9\xED\xA0\x80 ") == length + 2);
  }
}

TEST_CASE("the ASCII at the start is counted") {
  for (std::size_t length = 0; length < 20; ++length) {
    CHECK(ascii_prefix(std::string(length, 'x')) == length);
    CHECK(ascii_prefix(std::string(length, 'x') + "\xC3\xA9xxxxxxxxxxxx") == length);
  }
}

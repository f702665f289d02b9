#pragma once
// The bytes of a Python file as a text that can be analysed, or the reason why not. Any thread.
// Sources: PEP 263 (declared encodings), Python's lexical analysis (NUL bytes; CPython's tokenizer stops at 200
// brackets).

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/text/source_text.hpp"

namespace surefoot::server {

/// More open brackets than any program has; CPython itself refuses more than 200.
inline constexpr std::uint32_t kDeepestBrackets = 1000;

/// A text without its byte order mark, which positions do not count and which is put back when the file is written.
struct PythonSource {
  std::string byte_order_mark;  // three bytes or none
  text::SourceText text;
};

/// A refusal is one clause to stand behind the file's name: "is a binary file (byte 17 is NUL)".
std::variant<PythonSource, std::string> read_python(std::string bytes);

/// The encoding that a comment in one of the first two lines declares, in lower case; "utf-8" without one.
std::string declared_encoding(std::string_view bytes);

/// The 0-based line on which more than `limit` brackets are open for the first time; nothing is found in strings and
/// comments. -1 when there is none.
std::int64_t line_of_deep_bracket(std::string_view bytes, std::uint32_t limit);

}  // namespace surefoot::server

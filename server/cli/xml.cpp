#include "server/cli/xml.hpp"

#include <cstddef>

#include "analysis/text/utf8.hpp"

namespace surefoot::server {
namespace {

/// Source: XML 1.0, production [2] Char.
bool may_stand_in_xml(const text::Character& character) {
  const char32_t code_point = character.code_point;
  if (!character.valid || code_point == 0xFFFE || code_point == 0xFFFF) return false;
  return code_point >= 0x20 || code_point == '\t' || code_point == '\n' || code_point == '\r';
}

std::string_view escape_of(char each) {
  switch (each) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const text::Character character = text::character_at(text, at);
    const std::string_view escape = escape_of(text[at]);
    if (!escape.empty()) {
      escaped += escape;
    } else {
      escaped += may_stand_in_xml(character) ? text.substr(at, character.length) : "\xEF\xBF\xBD";
    }
    at += character.length;
  }
  return escaped;
}

}  // namespace surefoot::server

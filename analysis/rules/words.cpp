#include "analysis/rules/words.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace surefoot::rules {
namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

// True where a new word begins: at "_x", at the capital of "aB", and at the last capital of "ABc".
bool begins(std::string_view text, std::size_t at) {
  if (at == 0 || !is_letter(text[at - 1])) return true;
  if (!is_upper(text[at])) return false;
  return !is_upper(text[at - 1]) || (at + 1 < text.size() && is_letter(text[at + 1]) && !is_upper(text[at + 1]));
}

}  // namespace

bool has_word(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::size_t start = 0; start < text.size();) {
    if (!is_letter(text[start])) {
      ++start;
      continue;
    }
    std::string word;
    std::size_t at = start;
    do {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at++])));
    } while (at < text.size() && is_letter(text[at]) && !begins(text, at));
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    start = at;
  }
  return false;
}

}  // namespace surefoot::rules

#include "analysis/syntax/line_words.hpp"

#include <algorithm>

#include "analysis/text/words.hpp"

namespace surefoot::syntax {
namespace {

constexpr std::uint32_t kTab = 8;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view word_at(std::string_view code) {
  const auto end = std::find_if_not(code.begin(), code.end(), is_name);
  return code.substr(0, static_cast<std::size_t>(end - code.begin()));
}

// What follows the first `size` bytes and the white space behind them, on the same line.
std::string_view behind(std::string_view code, std::size_t size) {
  code.remove_prefix(size);
  const std::size_t next = code.find_first_not_of(" \t\f");
  return next == std::string_view::npos ? std::string_view() : code.substr(next);
}

std::string_view line_of(std::string_view code) { return code.substr(0, code.find('\n')); }

}  // namespace

LineStart code_start(std::string_view text, std::uint32_t line) {
  LineStart result{line, 0};
  if (line == 0 && text.starts_with(kByteOrderMark)) result.start = 3;
  for (; result.start < text.size(); ++result.start) {
    const char c = text[result.start];
    if (c == ' ') {
      ++result.indent;
    } else if (c == '\t') {
      result.indent += kTab;
    } else if (c == '\f' || c == '\r') {
      result.indent = 0;
    } else {
      break;
    }
  }
  return result;
}

std::uint32_t line_end(std::string_view text, std::uint32_t offset) {
  return static_cast<std::uint32_t>(std::min(text.find('\n', offset), text.size()));
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool ends_in(std::string_view line, std::string_view characters) {
  line = line.substr(0, line.find('#'));
  const std::size_t last = line.find_last_not_of(" \t\r\f");
  return last != std::string_view::npos && characters.find(line[last]) != std::string_view::npos;
}

bool is_bare(std::string_view text, std::uint32_t offset) {
  return offset >= text.size() || text[offset] == '\n' || text[offset] == '#';
}

LineKind kind_of(std::string_view code) {
  static const text::Words kBlocks("if for while with try");
  static const text::Words kClauses("elif else except finally");
  if (code.starts_with('@')) return LineKind::decorator;
  std::string_view word = word_at(code);
  if (word == "async") word = word_at(behind(code, word.size()));
  if (word == "def") return LineKind::function;
  if (word == "class") return LineKind::class_;
  if (kBlocks.contain(word)) return LineKind::block;
  if (kClauses.contain(word)) return LineKind::clause;
  // These two are names as well.
  if (word == "match" && ends_in(line_of(code), ":")) return LineKind::match;
  if (word == "case" && ends_in(line_of(code), ":")) return LineKind::case_;
  return LineKind::simple;
}

bool must_start_statement(std::string_view code) {
  static const text::Words kWords(
      "assert break class continue def del except finally global import nonlocal pass raise return try while with");
  if (code.starts_with('@')) return true;
  const std::string_view word = word_at(code);
  if (word == "from") return line_of(code).find(" import ") != std::string_view::npos;
  if (word != "async") return kWords.contain(word);
  const std::string_view second = word_at(behind(code, word.size()));
  return second == "def" || second == "with";
}

bool looks_like_definition(std::string_view code) {
  std::string_view word = word_at(code);
  if (word == "async") {
    code = behind(code, word.size());
    word = word_at(code);
  }
  if (word != "def" && word != "class") return false;
  const std::string_view name = behind(code, word.size());
  const std::string_view mark = behind(name, word_at(name).size());
  return mark.size() < name.size() && (mark.starts_with('(') || (word == "class" && mark.starts_with(':')));
}

}  // namespace surefoot::syntax

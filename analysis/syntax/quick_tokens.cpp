#include "analysis/syntax/quick_tokens.hpp"

#include <algorithm>
#include <array>

namespace surefoot::syntax {
namespace {

enum class Char : std::uint8_t { other, letter, digit, blank, quote };

constexpr std::array<Char, 256> kChars = [] {
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

Char class_of(char c) { return kChars[static_cast<unsigned char>(c)]; }
bool is_word(char c) { return class_of(c) == Char::letter || class_of(c) == Char::digit; }

bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 35> kWords = {
      "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
      "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
      "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
      "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
  if (word.size() < 2 || word.size() > 8) return false;
  return std::binary_search(kWords.begin(), kWords.end(), word);
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) { list_.tokens.reserve(text.size() / 4 + 8); }

  TokenList run() {
    list_.is_whole = lines();
    return std::move(list_);
  }

 private:
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }
  void push(TokenKind kind, std::uint32_t start, std::uint32_t end, std::uint8_t detail = 0) {
    list_.tokens.push_back({kind, detail, start, end});
    last_ = end;
  }

  // One logical line after the other.
  bool lines() {
    while (true) {
      if (!indentation()) return false;
      if (at_ >= text_.size()) break;
      if (!logical_line()) return false;
    }
    for (std::size_t i = indents_.size(); i > 1; --i) push(TokenKind::dedent, last_, last_);
    push(TokenKind::end, here(), here());
    return true;
  }

  // Passes empty lines and comments, up to the first token of a line. A comment belongs to the blocks that are indented
  // no deeper than it is; those that are end before it.
  bool indentation() {
    while (true) {
      const std::size_t line = at_;
      std::uint32_t indent = 0;
      for (; class_of(at(at_)) == Char::blank; ++at_) indent += text_[at_] == '\t' ? 8 : 1;
      if (at_ >= text_.size()) return true;
      if (text_[at_] == '\n') {
        ++at_;
      } else if (text_[at_] == '#') {
        if (!comment_line(line, indent)) return false;
      } else {
        return indent_to(indent);
      }
    }
  }

  bool comment_line(std::size_t line, std::uint32_t indent) {
    const std::size_t start = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    // Whether a block has ended is known by the code behind; where no code is indented less, none has.
    if (indent < indents_.back()) {
      const std::uint32_t next = indent_of_code(line);
      while (indents_.size() > 1 && next < indents_.back() && indent < indents_.back()) {
        indents_.pop_back();
        push(TokenKind::dedent, last_, last_);
      }
    }
    list_.comments.push_back({static_cast<std::uint32_t>(start), here()});
    last_ = here();
    return true;
  }

  // Of the next line of code at or behind the start of a line.
  std::uint32_t indent_of_code(std::size_t line) const {
    while (line < text_.size()) {
      std::uint32_t indent = 0;
      for (; class_of(at(line)) == Char::blank; ++line) indent += text_[line] == '\t' ? 8 : 1;
      if (line < text_.size() && text_[line] != '\n' && text_[line] != '#') return indent;
      line = std::min(text_.find('\n', line), text_.size() - 1) + 1;
    }
    return 0;
  }

  bool indent_to(std::uint32_t indent) {
    if (indent > indents_.back()) {
      const bool opens = !list_.tokens.empty() && opens_block_;
      if (!opens) return false;
      indents_.push_back(indent);
      list_.tokens.push_back({TokenKind::indent, 0, last_, last_});
    } else if (opens_block_) {
      return false;
    }
    while (indent < indents_.back()) {
      indents_.pop_back();
      push(TokenKind::dedent, last_, last_);
    }
    return indent == indents_.back();
  }

  bool logical_line() {
    opens_block_ = false;
    brackets_ = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (class_of(c) == Char::blank) {
        ++at_;
      } else if (c == '\n') {
        ++at_;
        if (brackets_ == 0) break;
      } else if (c == '#') {
        const std::uint32_t start = here();
        at_ = std::min(text_.find('\n', at_), text_.size());
        list_.comments.push_back({start, here()});
        // Inside brackets it is no end of anything.
        if (brackets_ == 0) last_ = here();
      } else if (c == '\\') {
        if (at(at_ + 1) != '\n' || at_ + 2 >= text_.size()) return false;
        at_ += 2;
      } else if (!token()) {
        return false;
      }
    }
    if (brackets_ != 0) return false;
    opens_block_ = list_.tokens.back().kind == TokenKind::op && text_[list_.tokens.back().start] == ':' &&
                   list_.tokens.back().detail == 1;
    push(TokenKind::newline, last_, last_);
    return true;
  }

  bool token() {
    switch (class_of(text_[at_])) {
      case Char::letter:
        return word();
      case Char::digit:
        return number();
      case Char::quote:
        return string(here());
      default:
        return text_[at_] == '.' && class_of(at(at_ + 1)) == Char::digit ? number() : op();
    }
  }

  bool word() {
    const std::uint32_t start = here();
    while (is_word(at(at_))) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (class_of(at(at_)) == Char::quote) return is_prefix(word) && string(start);
    if ((at(at_) & 0x80) != 0) return false;
    push(is_keyword(word) ? TokenKind::keyword : TokenKind::name, start, here());
    return true;
  }

  static bool is_prefix(std::string_view word) {
    return word.size() <= 2 && word.find_first_not_of("bBrRuUfF") == std::string_view::npos;
  }

  bool number() {
    const std::uint32_t start = here();
    bool is_float = false;
    if (text_[at_] == '0' && class_of(at(at_ + 1)) == Char::letter && at(at_ + 1) != '_' && at(at_ + 1) != 'e' &&
        at(at_ + 1) != 'E' && at(at_ + 1) != 'j' && at(at_ + 1) != 'J') {
      const std::string_view letters = (at(at_ + 1) | 0x20) == 'x'   ? "0123456789abcdefABCDEF_"
                                       : (at(at_ + 1) | 0x20) == 'o' ? "01234567_"
                                       : (at(at_ + 1) | 0x20) == 'b' ? "01_"
                                                                     : "";
      const std::size_t end = std::min(text_.find_first_not_of(letters, at_ + 2), text_.size());
      if (end == at_ + 2) return false;
      at_ = end;
    } else {
      digits();
      if (at(at_) == '.') {
        is_float = true;
        ++at_;
        digits();
      }
      if (at(at_) == 'e' || at(at_) == 'E') {
        is_float = true;
        ++at_;
        if (at(at_) == '+' || at(at_) == '-') ++at_;
        if (class_of(at(at_)) != Char::digit) return false;
        digits();
      }
      if (at(at_) == 'j' || at(at_) == 'J') ++at_;
    }
    if (text_[at_ - 1] == '_' || is_word(at(at_)) || (at(at_) & 0x80) != 0 || class_of(at(at_)) == Char::quote) {
      return false;
    }
    if (at(at_) == '.') return false;
    push(is_float ? TokenKind::float_ : TokenKind::integer, start, here());
    return true;
  }
  void digits() {
    while (class_of(at(at_)) == Char::digit || (at(at_) == '_' && class_of(at(at_ + 1)) == Char::digit)) ++at_;
  }

  bool op() {
    static constexpr std::array<std::string_view, 28> kLong = {
        "**=", "//=", ">>=", "<<=", "...", "!=", "==", "<=", ">=", "->", ":=", "+=", "-=", "*=",
        "/=",  "%=",  "@=",  "&=",  "|=",  "^=", "**", "//", "<<", ">>", "",   "",   "",   ""};
    const std::string_view rest = text_.substr(at_, 3);
    std::size_t size = 1;
    for (const std::string_view one : kLong) {
      if (!one.empty() && rest.starts_with(one)) {
        size = one.size();
        break;
      }
    }
    const char c = text_[at_];
    if (size == 1) {
      if (std::string_view("()[]{},:.;@=+-*/%&|^~<>").find(c) == std::string_view::npos) return false;
      if (c == '(' || c == '[' || c == '{') ++brackets_;
      if (c == ')' || c == ']' || c == '}') {
        if (brackets_ == 0) return false;
        --brackets_;
      }
      if (c == '<' && at(at_ + 1) == '>') return false;
    }
    push(TokenKind::op, here(), here() + static_cast<std::uint32_t>(size), static_cast<std::uint8_t>(size));
    at_ += size;
    return true;
  }

  bool string(std::uint32_t start) {
    const char quote = text_[at_];
    const bool is_triple = at(at_ + 1) == quote && at(at_ + 2) == quote;
    const std::string_view prefix = text_.substr(start, at_ - start);
    const bool is_format = prefix.find_first_of("fF") != std::string_view::npos;
    const bool is_raw = prefix.find_first_of("rR") != std::string_view::npos;
    at_ += is_triple ? 3 : 1;
    if (is_format) return f_string(start, quote, is_triple, is_raw);
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\') {
        at_ += 2;
      } else if (c == quote && (!is_triple || (at(at_ + 1) == quote && at(at_ + 2) == quote))) {
        at_ += is_triple ? 3 : 1;
        push(TokenKind::string, start, here(), is_triple ? 3 : 1);
        return true;
      } else if (c == '\n' && !is_triple) {
        return false;
      } else {
        ++at_;
      }
    }
    return false;
  }

  bool f_string(std::uint32_t start, char quote, bool is_triple, bool is_raw) {
    push(TokenKind::f_start, start, here());
    std::uint32_t text = here();
    bool is_odd = false;
    const auto flush = [&] {
      // How much of it counts is not easily told.
      if (is_raw && text < here() && text_[text] == '\\') is_odd = true;
      if (text < here()) push(TokenKind::f_text, text, here());
    };
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\') {
        if (at(at_ + 1) == '{' || at(at_ + 1) == '}' || (at(at_ + 1) == 'N' && !is_raw)) return false;
        at_ += 2;
      } else if (c == quote && (!is_triple || (at(at_ + 1) == quote && at(at_ + 2) == quote))) {
        flush();
        const std::uint32_t end = here();
        at_ += is_triple ? 3 : 1;
        push(TokenKind::f_end, end, here());
        return !is_odd;
      } else if ((c == '{' || c == '}') && at(at_ + 1) == c) {
        at_ += 2;
      } else if (c == '{') {
        flush();
        if (!interpolation(is_triple, 0)) return false;
        text = here();
      } else if (c == '}' || (c == '\n' && !is_triple)) {
        return false;
      } else {
        ++at_;
      }
    }
    return false;
  }

  // From `{` to `}`, a format and what is nested in it included.
  bool interpolation(bool is_triple, int depth) {
    if (depth > 2) return false;
    push(TokenKind::f_open, here(), here() + 1);
    ++at_;
    const std::uint32_t outer = brackets_;
    brackets_ = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (class_of(c) == Char::blank || (c == '\n' && is_triple)) {
        ++at_;
      } else if (c == '#' || c == '\\' || c == '\n') {
        return false;
      } else if (brackets_ == 0 && c == '}') {
        push(TokenKind::f_close, here(), here() + 1);
        ++at_;
        brackets_ = outer;
        return true;
      } else if (brackets_ == 0 && c == ':') {
        if (at(at_ + 1) == '=') return false;
        push(TokenKind::f_spec, here(), here() + 1);
        ++at_;
        if (!format(is_triple, depth)) return false;
      } else if (brackets_ == 0 && c == '!' && at(at_ + 1) != '=') {
        if (at(at_ + 1) < 'a' || at(at_ + 1) > 'z' || is_word(at(at_ + 2))) return false;
        push(TokenKind::f_convert, here(), here() + 2);
        at_ += 2;
      } else if (brackets_ == 0 && c == '=' && at(at_ + 1) != '=' && ends_interpolation(at_ + 1)) {
        push(TokenKind::f_equals, here(), here() + 1);
        ++at_;
      } else if (!token()) {
        return false;
      }
    }
    return false;
  }

  bool ends_interpolation(std::size_t offset) const {
    while (class_of(at(offset)) == Char::blank) ++offset;
    return at(offset) == '}' || at(offset) == '!' || at(offset) == ':';
  }

  bool format(bool is_triple, int depth) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '}') return true;
      if (c == '\n' || c == '\\' || c == '"' || c == '\'') return false;
      if (c != '{') {
        ++at_;
        continue;
      }
      if (at(at_ + 1) == '{') return false;
      if (!interpolation(is_triple, depth + 1)) return false;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t last_ = 0;  // the end of what was read last
  std::uint32_t brackets_ = 0;
  bool opens_block_ = false;
  std::vector<std::uint32_t> indents_ = {0};
  TokenList list_;
};

}  // namespace

TokenList read_tokens(std::string_view text) {
  if (text.find_first_of(std::string_view("\r\f\0", 3)) != std::string_view::npos) return {};
  return Tokenizer(text).run();
}

}  // namespace surefoot::syntax

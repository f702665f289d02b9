#include "analysis/syntax/quick_tokens.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "analysis/text/utf8.hpp"

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

bool is_keyword(std::uint64_t word) {
  switch (word) {
    case packed("False"):
    case packed("None"):
    case packed("True"):
    case packed("and"):
    case packed("as"):
    case packed("assert"):
    case packed("async"):
    case packed("await"):
    case packed("break"):
    case packed("class"):
    case packed("continue"):
    case packed("def"):
    case packed("del"):
    case packed("elif"):
    case packed("else"):
    case packed("except"):
    case packed("finally"):
    case packed("for"):
    case packed("from"):
    case packed("global"):
    case packed("if"):
    case packed("import"):
    case packed("in"):
    case packed("is"):
    case packed("lambda"):
    case packed("nonlocal"):
    case packed("not"):
    case packed("or"):
    case packed("pass"):
    case packed("raise"):
    case packed("return"):
    case packed("try"):
    case packed("while"):
    case packed("with"):
    case packed("yield"):
      return true;
    default:
      return false;
  }
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, TokenList& list) : text_(text), list_(list) {}

  bool run() { return lines(); }

 private:
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }
  void push(TokenKind kind, std::uint32_t start, std::uint32_t end, std::uint64_t word = 0) {
    list_.tokens.push_back({kind, 0, start, end, word});
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
      const std::uint32_t indent = indent_here();
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
      if (is_decorator_) return false;  // the grammar ends the block here, and loses the function
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

  // Of the next line of code at or behind the start of a line. Looked for once for all comments before it.
  std::uint32_t indent_of_code(std::size_t line) {
    if (line < next_code_) return next_indent_;
    next_code_ = text_.size();
    next_indent_ = 0;
    while (line < text_.size()) {
      std::uint32_t indent = 0;
      for (; class_of(at(line)) == Char::blank; ++line) indent += text_[line] == '\t' ? 8 : 1;
      if (line < text_.size() && text_[line] != '\n' && text_[line] != '#') {
        next_code_ = line;
        return next_indent_ = indent;
      }
      line = std::min(text_.find('\n', line), text_.size() - 1) + 1;
    }
    return 0;
  }

  bool indent_to(std::uint32_t indent) {
    if (indent > indents_.back()) {
      const bool opens = !list_.tokens.empty() && opens_block_;
      if (!opens) return false;
      indents_.push_back(indent);
      list_.tokens.push_back({TokenKind::indent, 0, last_, last_, 0});
    } else if (opens_block_) {
      return false;
    }
    while (indent < indents_.back()) {
      indents_.pop_back();
      push(TokenKind::dedent, last_, last_);
    }
    return indent == indents_.back();
  }

  // Only between two tokens of a line.
  bool continuation() {
    if (at(at_ + 1) != '\n' || last_ < line_) return false;
    at_ += 2;
    while (class_of(at(at_)) == Char::blank) ++at_;
    return at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '#' && text_[at_] != '\\';
  }

  // One that stands less deep than the block around it is the end of the block to the grammar, between some tokens.
  bool line_in_brackets() {
    const std::uint32_t indent = indent_here();
    if (at_ >= text_.size() || text_[at_] == '\n') return true;
    // Nor one that looks as if the brackets had been forgotten.
    return indent >= indents_.back() && text_[at_] != '@' && !starts_statement();
  }

  bool starts_statement() const {
    std::size_t end = at_;
    while (is_word(at(end))) ++end;
    switch (packed(text_.substr(at_, end - at_))) {
      case packed("class"):
      case packed("def"):
      case packed("from"):
      case packed("import"):
        return true;
      default:
        return false;
    }
  }

  // Passes the blanks at the start of a line.
  std::uint32_t indent_here() {
    std::uint32_t indent = 0;
    for (; class_of(at(at_)) == Char::blank; ++at_) indent += text_[at_] == '\t' ? 8 : 1;
    return indent;
  }

  bool logical_line() {
    opens_block_ = false;
    line_ = here() + 1;
    is_decorator_ = text_[at_] == '@';
    brackets_ = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (class_of(c) == Char::blank) {
        ++at_;
      } else if (c == '\n') {
        ++at_;
        if (brackets_ == 0) break;
        if (!line_in_brackets()) return false;
      } else if (c == '#') {
        const std::uint32_t start = here();
        at_ = std::min(text_.find('\n', at_), text_.size());
        list_.comments.push_back({start, here()});
        // Inside brackets it is no end of anything.
        if (brackets_ == 0) last_ = here();
      } else if (c == '\\') {
        if (!continuation()) return false;
      } else if (!token()) {
        return false;
      }
    }
    // Behind a comma the grammar goes on with the next line.
    if (brackets_ != 0 || list_.tokens.back().word == packed(",")) return false;
    opens_block_ = list_.tokens.back().word == packed(":");
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
    const std::uint64_t number = packed(word);
    push(is_keyword(number) ? TokenKind::keyword : TokenKind::name, start, here(), number);
    return true;
  }

  static bool is_prefix(std::string_view word) {
    const auto is_one_of = [&](std::string_view letters) {
      return letters.find(word.front()) != std::string_view::npos;
    };
    if (word.size() == 1) return is_one_of("bBrRuUfF");
    const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
    const bool first_is_raw = lower(word.front()) == 'r';
    const char other = lower(first_is_raw ? word.back() : word.front());
    return word.size() == 2 && (first_is_raw || lower(word.back()) == 'r') && (other == 'b' || other == 'f');
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
        if (at(at_) == '_') return false;
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
    const char c = text_[at_];
    const std::size_t size = op_size(c);
    if (size == 1) {
      if (std::string_view("()[]{},:.;@=+-*/%&|^~<>").find(c) == std::string_view::npos) return false;
      if (c == '(' || c == '[' || c == '{') ++brackets_;
      if (c == ')' || c == ']' || c == '}') {
        if (brackets_ == 0) return false;
        --brackets_;
      }
      if (c == '<' && at(at_ + 1) == '>') return false;
    }
    push(TokenKind::op, here(), here() + static_cast<std::uint32_t>(size), packed(text_.substr(at_, size)));
    at_ += size;
    return true;
  }

  std::size_t op_size(char c) const {
    const char next = at(at_ + 1);
    if (next == c && (c == '*' || c == '/' || c == '<' || c == '>')) return at(at_ + 2) == '=' ? 3 : 2;
    if (c == '.') return next == '.' && at(at_ + 2) == '.' ? 3 : 1;
    if (next == '=') return std::string_view("!=<>:+-*/%@&|^").find(c) == std::string_view::npos ? 1 : 2;
    return c == '-' && next == '>' ? 2 : 1;
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
        if (at(at_ + 1) == 'N' && !is_raw) return false;  // `\N{…` that is not closed
        at_ += 2;
      } else if (c == quote && (!is_triple || (at(at_ + 1) == quote && at(at_ + 2) == quote))) {
        at_ += is_triple ? 3 : 1;
        push(TokenKind::string, start, here());
        list_.tokens.back().quotes = is_triple ? 3 : 1;
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
  std::uint32_t line_ = 0;  // behind the start of the first token of the line
  std::uint32_t brackets_ = 0;
  std::size_t next_code_ = 0;      // where the code begins that indent_of_code() has found
  std::uint32_t next_indent_ = 0;  // and how deep it stands
  bool opens_block_ = false;
  bool is_decorator_ = false;  // the line that was read last
  std::vector<std::uint32_t> indents_ = {0};
  TokenList& list_;
};

}  // namespace

bool read_tokens(std::string_view text, TokenList& list) {
  list.tokens.clear();
  list.comments.clear();
  // The lexer of the grammar has its own ways with these.
  for (const char c : {'\r', '\f', '\v', '\0'}) {
    if (std::memchr(text.data(), c, text.size()) != nullptr) return false;
  }
  if (text::first_invalid_utf8(text) != std::string_view::npos) return false;
  return Tokenizer(text, list).run();
}

}  // namespace surefoot::syntax

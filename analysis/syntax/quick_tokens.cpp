#include "analysis/syntax/quick_tokens.hpp"

#include <algorithm>

#include "analysis/syntax/pieces.hpp"
#include "analysis/syntax/quick_words.hpp"
#include "analysis/text/byte_set.hpp"

namespace surefoot::syntax {
namespace {

constexpr text::ByteSet kOperators("()[]{},:.;@=+-*/%&|^~<>");
constexpr text::ByteSet kBeforeEquals("!=<>:+-*/%@&|^");

class Tokenizer {
 public:
  Tokenizer(std::string_view text, bool is_one_piece, TokenList& list)
      : text_(text), is_one_piece_(is_one_piece), starts_(at(0)), list_(list) {
    list.tokens.clear();
    list.comments.clear();
  }

  // One logical line after the other.
  bool run() {
    while (true) {
      if (!indentation()) return false;
      if (at_ >= text_.size() || ends_piece()) break;
      if (!logical_line()) return false;
    }
    for (std::size_t i = indents_.size(); i > 1; --i) push(TokenKind::dedent, last_, last_);
    push(TokenKind::end, here(), here());
    return true;
  }

  std::size_t end() const { return at_; }

 private:
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }
  void push(TokenKind kind, std::uint32_t start, std::uint32_t end, std::uint64_t word = 0) {
    list_.tokens.push_back({kind, 0, start, end, word});
    last_ = end;
  }

  bool ends_piece() {
    return is_one_piece_ && at_ > 0 && text_[at_ - 1] == '\n' && starts_.begin_at(text_.substr(at_, kPieceLookahead));
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
    const std::string_view word = text_.substr(at_, end - at_);
    return word == "class" || word == "def" || word == "from" || word == "import";
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
    const std::size_t first = list_.tokens.size();
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
    if (brackets_ != 0 || (list_.tokens.back().word == packed(",") && !may_end_in_comma(first))) return false;
    opens_block_ = list_.tokens.back().word == packed(":");
    push(TokenKind::newline, last_, last_);
    return true;
  }

  // Behind a comma the grammar goes on with the next line, but not in the value of an assignment or `return`.
  bool may_end_in_comma(std::size_t first) const {
    const std::vector<Token>& tokens = list_.tokens;
    const auto from = tokens.begin() + static_cast<std::ptrdiff_t>(first);
    const auto ends = [](const Token& token) { return token.word == packed(";"); };
    if (std::any_of(from, tokens.end(), ends)) return false;
    if (from->word == packed("return")) return true;
    const auto found = std::find_if(from, tokens.end(), [](const Token& token) {
      const std::uint64_t word = token.word;
      return word == packed("=") || word == packed("+=") || token.kind == TokenKind::keyword || word == packed("(") ||
             word == packed("[") || word == packed("{") || word == packed(":");
    });
    return found != tokens.end() && (found->word == packed("=") || found->word == packed("+="));
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
    if (class_of(at(at_)) == Char::quote) return is_string_prefix(word) && string(start);
    if ((at(at_) & 0x80) != 0) return false;
    const std::uint64_t number = packed_part(text_, start, word.size());
    push(is_keyword(number) ? TokenKind::keyword : TokenKind::name, start, here(), number);
    return true;
  }

  bool number() {
    const std::uint32_t start = here();
    const ScannedNumber number = scan_number(text_, at_);
    at_ = number.end;
    if (number.end == start) return false;
    push(number.is_float ? TokenKind::float_ : TokenKind::integer, start, here());
    return true;
  }

  bool op() {
    const char c = text_[at_];
    const std::size_t size = op_size(c);
    if (size == 1) {
      if (!kOperators.contains(c)) return false;
      if (c == '(' || c == '[' || c == '{') ++brackets_;
      if (c == ')' || c == ']' || c == '}') {
        if (brackets_ == 0) return false;
        --brackets_;
      }
      if (c == '<' && at(at_ + 1) == '>') return false;
    }
    push(TokenKind::op, here(), here() + static_cast<std::uint32_t>(size), packed_part(text_, at_, size));
    at_ += size;
    return true;
  }

  std::size_t op_size(char c) const {
    const char next = at(at_ + 1);
    if (next == c && (c == '*' || c == '/' || c == '<' || c == '>')) return at(at_ + 2) == '=' ? 3 : 2;
    if (c == '.') return next == '.' && at(at_ + 2) == '.' ? 3 : 1;
    if (next == '=') return kBeforeEquals.contains(c) ? 2 : 1;
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
    const std::uint32_t quotes = here() - (is_triple ? 3 : 1);
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
        // Quotes of its own kind in what it interpolates are left to the parser: pieces take them for its end.
        return !is_odd && string_end(text_, quotes) == at_;
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
  bool is_one_piece_;
  PieceStarts starts_;
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
  return !has_odd_bytes(text) && Tokenizer(text, false, list).run();
}

std::size_t read_tokens_of_piece(std::string_view text, TokenList& list) {
  Tokenizer tokenizer(text, true, list);
  return tokenizer.run() ? tokenizer.end() : 0;
}

}  // namespace surefoot::syntax

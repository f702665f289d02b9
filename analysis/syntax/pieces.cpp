#include "analysis/syntax/pieces.hpp"

#include <algorithm>

#include "analysis/text/byte_set.hpp"

namespace surefoot::syntax {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// All others do no more than stand there: in a line, in a string, in one that may go over lines.
constexpr text::ByteSet kSpecial("\n#'\"\\([{)]}");
constexpr text::ByteSet kSpecialInString("\n'\"\\");
constexpr text::ByteSet kSpecialInLongString("'\"\\");

std::string_view first_word(std::string_view line) {
  const auto* const end = std::find_if_not(line.begin(), line.end(), is_word);
  return line.substr(0, static_cast<std::size_t>(end - line.begin()));
}

bool is_definition(std::string_view line) {
  const std::string_view word = first_word(line);
  return word == "def" || word == "class" ||
         (word == "async" && first_word(line.substr(std::min(line.find('d'), line.size()))) == "def");
}

std::size_t pass_to(const text::ByteSet& special, std::string_view text, std::size_t at) {
  while (at < text.size() && !special.contains(text[at])) ++at;
  return at;
}

bool are_three(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && text[at + 1] == text[at] && text[at + 2] == text[at];
}

/// Follows the text from the start of a piece, a line at a time.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t start)
      : text_(text), at_(after_byte_order_mark(text, start)), starts_(at_ < text.size() ? text[at_] : '\0') {}

  std::size_t run() {
    while (true) {
      at_ = pass_to(kSpecial, text_, at_);
      if (at_ >= text_.size() || (step() && begins_piece())) break;
    }
    return std::min(at_, text_.size());
  }

 private:
  static std::size_t after_byte_order_mark(std::string_view text, std::size_t start) {
    return start == 0 && text.starts_with("\xEF\xBB\xBF") ? 3 : start;
  }

  // Passes a character, a string or a comment; true when a line begins behind it.
  bool step() {
    switch (text_[at_]) {
      case '\n':
        ++at_;
        return true;
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return false;
      case '\'':
      case '"':
        at_ = string_end(text_, at_);
        return false;
      case '\\':
        at_ += at_ + 1 < text_.size() && text_[at_ + 1] == '\r' ? 3 : 2;
        return false;
      case '(':
      case '[':
      case '{':
        ++depth_;
        break;
      case ')':
      case ']':
      case '}':
        if (depth_ > 0) --depth_;
        break;
      default:
        break;
    }
    ++at_;
    return false;
  }

  bool begins_piece() {
    if (at_ >= text_.size()) return false;
    const std::string_view line = text_.substr(at_, kPieceLookahead);
    if (depth_ == 0) return starts_.begin_at(line);
    const std::string_view word = first_word(line);
    return line.front() == '@' || word == "import" || word == "from" || is_definition(line);
  }

  std::string_view text_;
  std::size_t at_;
  PieceStarts starts_;
  std::size_t depth_ = 0;  // of brackets
};

}  // namespace

bool PieceStarts::begin_at(std::string_view line) {
  line = line.substr(0, kPieceLookahead);
  if (line.empty() || std::string_view(" \t\r\n\f\v#)]}").find(line.front()) != std::string_view::npos) return false;
  const std::string_view word = first_word(line);
  if (word == "elif" || word == "else" || word == "except" || word == "finally") return false;
  if (!decorated_) return true;
  decorated_ = line.front() == '@';
  return !decorated_ && !is_definition(line);
}

std::size_t string_end(std::string_view text, std::size_t start) {
  const char quote = text[start];
  const bool triple = are_three(text, start);
  std::size_t at = start + (triple ? 3 : 1);
  for (; at < text.size(); ++at) {
    at = pass_to(triple ? kSpecialInLongString : kSpecialInString, text, at);
    if (at >= text.size()) return at;
    const char c = text[at];
    if (c == '\\') {
      at += text.substr(at + 1, 2) == "\r\n" ? 2 : 1;
    } else if (c == '\n' && !triple) {
      return at;
    } else if (c == quote && (!triple || are_three(text, at))) {
      return at + (triple ? 3 : 1);
    }
  }
  return at;
}

std::size_t piece_end(std::string_view text, std::size_t start) { return Scanner(text, start).run(); }

}  // namespace surefoot::syntax

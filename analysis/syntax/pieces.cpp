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

/// Follows the text from the start of a piece, a line at a time.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t start) : text_(text), at_(start) {
    if (start == 0 && text.starts_with("\xEF\xBB\xBF")) at_ = 3;
    decorated_ = at_ < text_.size() && text_[at_] == '@';
  }

  std::size_t run() {
    while (true) {
      pass_to(kSpecial);
      if (at_ >= text_.size() || (step() && begins_piece())) break;
    }
    return std::min(at_, text_.size());
  }

 private:
  void pass_to(const text::ByteSet& special) {
    while (at_ < text_.size() && !special.contains(text_[at_])) ++at_;
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
        string();
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

  // A string with single quotes that is not closed ends with its line, one with triple quotes with the text.
  void string() {
    const char quote = text_[at_];
    const bool triple = are_three(quote);
    for (at_ += triple ? 3 : 1; at_ < text_.size(); ++at_) {
      pass_to(triple ? kSpecialInLongString : kSpecialInString);
      if (at_ >= text_.size()) return;
      const char c = text_[at_];
      if (c == '\\') {
        at_ += text_.substr(at_ + 1, 2) == "\r\n" ? 2 : 1;
      } else if (c == '\n' && !triple) {
        return;
      } else if (c == quote && (!triple || are_three(quote))) {
        at_ += triple ? 3 : 1;
        return;
      }
    }
  }

  bool are_three(char quote) const {
    return at_ + 2 < text_.size() && text_[at_] == quote && text_[at_ + 1] == quote && text_[at_ + 2] == quote;
  }

  bool begins_piece() {
    if (at_ >= text_.size()) return false;
    const std::string_view line = text_.substr(at_, kPieceLookahead);
    const std::string_view word = first_word(line);
    const bool async = word == "async" && first_word(line.substr(std::min(line.find('d'), line.size()))) == "def";
    const bool definition = word == "def" || word == "class" || async;
    if (depth_ > 0) return definition || line.front() == '@' || word == "import" || word == "from";
    if (std::string_view(" \t\r\n\f\v#)]}").find(line.front()) != std::string_view::npos) return false;
    if (word == "elif" || word == "else" || word == "except" || word == "finally") return false;
    if (!decorated_) return true;
    decorated_ = line.front() == '@';
    return !decorated_ && !definition;
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t depth_ = 0;   // of brackets
  bool decorated_ = false;  // all lines up to here are decorators
};

}  // namespace

std::size_t piece_end(std::string_view text, std::size_t start) { return Scanner(text, start).run(); }

}  // namespace surefoot::syntax

#include "analysis/syntax/plain_names.hpp"

#include <cstddef>

#include "analysis/syntax/quick_tokens.hpp"

namespace surefoot::syntax {
namespace {

class Reader {
 public:
  explicit Reader(const std::vector<Token>& tokens) : tokens_(tokens) {}

  bool run() {
    while (here().kind != TokenKind::end) {
      if (!statement()) return false;
    }
    return true;
  }

 private:
  const Token& here() const { return tokens_[at_]; }
  bool is(Word word) const { return here().word == word.number; }
  bool is_op(Word word) const { return here().kind == TokenKind::op && is(word); }

  bool statement() {
    switch (here().kind) {
      case TokenKind::newline:
        ++at_;
        return true;
      case TokenKind::keyword:
        return (is("import") || is("from")) && import();
      case TokenKind::string:
        return values();
      case TokenKind::name:
        ++at_;
        if (!is_op("=")) return false;
        ++at_;
        return values();
      default:
        return false;
    }
  }

  bool import() {
    while (here().kind != TokenKind::newline && here().kind != TokenKind::end) {
      if (is_op(";")) return false;
      ++at_;
    }
    return true;
  }

  // Up to the end of the line.
  bool values() {
    bool may_begin = true;  // a value, rather than a call or a subscript of the one before
    for (; here().kind != TokenKind::newline && here().kind != TokenKind::end; ++at_) {
      switch (here().kind) {
        case TokenKind::string:
        case TokenKind::integer:
        case TokenKind::float_:
        case TokenKind::name:
          may_begin = false;
          break;
        case TokenKind::keyword:
          if (!is("None") && !is("True") && !is("False")) return false;
          may_begin = false;
          break;
        case TokenKind::op:
          if (!between(may_begin)) return false;
          break;
        default:
          return false;
      }
    }
    return true;
  }

  bool between(bool& may_begin) const {
    if (is("(") || is("[") || is("{") || is("-")) return may_begin;
    may_begin = is(",") || is(":");
    return may_begin || is(")") || is("]") || is("}");
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

}  // namespace

bool only_gives_names(std::string_view text) {
  // What most files have is found sooner than their tokens.
  for (const std::string_view word : {"def ", "class ", "lambda"}) {
    if (text.find(word) != std::string_view::npos) return false;
  }
  TokenList list;
  if (!read_tokens(text, list) || list.tokens.empty() || list.tokens.back().kind != TokenKind::end) return false;
  return Reader(list.tokens).run();
}

}  // namespace surefoot::syntax

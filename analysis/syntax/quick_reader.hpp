#pragma once
// The recursive descent of syntax/quick_parser.hpp. What cannot be read sets `failed_`; numbers of nodes mean nothing
// from then on. Internal to syntax/.

#include <algorithm>
#include <string_view>
#include <vector>

#include "analysis/syntax/quick_nodes.hpp"
#include "analysis/syntax/quick_tokens.hpp"

namespace surefoot::syntax {

class QuickReader {
 public:
  QuickReader(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  bool failed() const { return failed_; }
  bool at_end() const { return is(TokenKind::end) || failed_; }
  bool at_dedent() const { return is(TokenKind::dedent) || failed_; }
  void skip_dedent() { ++at_; }
  RawNodes& nodes() { return nodes_; }

  /// The statements of a line, or one compound one. For a class whose `body_of_class` is not null, the body is left to
  /// the caller: it gets an empty block, and the reader stands at the first statement of it.
  void statements(std::vector<RawId>& into, RawId* body_of_class = nullptr);
  /// After the last statement of a class's body: its end.
  std::uint32_t end_of_block() const { return tokens_[at_].start; }

 private:
  static constexpr int kMaxDepth = 60;
  struct Deeper {
    explicit Deeper(QuickReader& reader) : reader_(reader) {
      if (++reader_.depth_ > kMaxDepth) reader_.failed_ = true;
    }
    ~Deeper() { --reader_.depth_; }
    QuickReader& reader_;
  };

  // Tokens.
  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(std::size_t count = 1) const { return tokens_[std::min(at_ + count, tokens_.size() - 1)]; }
  std::string_view text_of(const Token& token) const { return text_.substr(token.start, token.end - token.start); }
  bool is(TokenKind kind) const { return now().kind == kind; }
  bool is_op(std::string_view op) const { return is_op(now(), op); }
  bool is_op(const Token& token, std::string_view op) const {
    return token.kind == TokenKind::op && token.detail == op.size() && text_of(token) == op;
  }
  bool is_word(std::string_view word) const { return is_word(now(), word); }
  bool is_word(const Token& token, std::string_view word) const {
    return token.kind == TokenKind::keyword && text_of(token) == word;
  }
  void step() {
    if (!is(TokenKind::end)) ++at_;
  }
  bool take_op(std::string_view op) {
    if (!is_op(op)) return false;
    step();
    return true;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    step();
    return true;
  }
  void expect(bool taken) {
    if (!taken) failed_ = true;
  }
  RawId fail() {
    failed_ = true;
    return nodes_.make(Kind::other, now().start, now().end);
  }
  /// The end of the token before.
  std::uint32_t end_before() const { return tokens_[at_ - 1].end; }
  void close(RawId node) { nodes_[node].end = end_before(); }
  RawId leaf(Kind kind) {
    const RawId node = nodes_.make(kind, now().start, now().end);
    step();
    return node;
  }
  RawId wrap(Kind kind, RawId child, Field field) {
    const RawId node = nodes_.make(kind, nodes_[child].start);
    nodes_.add(node, child, field);
    return node;
  }
  RawId name() { return is(TokenKind::name) ? leaf(Kind::identifier) : fail(); }

  // Expressions.
  RawId expression();
  RawId expression_or_star();
  RawId disjunction();
  RawId conjunction();
  RawId inversion();
  RawId comparison();
  RawId binary(int level);
  RawId unary();
  RawId power();
  RawId primary();
  RawId atom();
  RawId lambda();
  RawId list_of_expressions(bool may_yield = false);
  RawId call(RawId function);
  RawId argument();
  RawId subscript(RawId value);
  RawId slice();
  RawId parenthesized();
  RawId bracketed();
  RawId braced();
  RawId pair();
  void clauses(RawId into);
  RawId element();
  RawId strings();
  bool has_content(text::Span span, bool is_raw) const;
  RawId f_string();
  RawId interpolation(Kind kind);
  RawId yield();
  RawId star(Kind kind);
  RawId target();
  RawId targets();
  void to_pattern(RawId node);
  bool at_end_of_list() const;
  bool at_comprehension() const { return is_word("for") || (is_word("async") && is_word(ahead(), "for")); }

  // Types.
  RawId type();
  void parameters(RawId into, bool is_lambda);
  RawId parameter(bool is_lambda);
  RawId type_parameters();

  // Statements.
  void simple_statements(std::vector<RawId>& into);
  RawId simple_statement();
  RawId expression_statement();
  RawId assignment(RawId left);
  RawId import_statement();
  RawId import_from_statement();
  void import_list(RawId into);
  RawId dotted_name();
  RawId keyword_statement();
  RawId compound_statement(RawId* body_of_class);
  bool at_compound() const;
  bool at_soft_statement() const;
  bool has_star_in_line() const;
  RawId block();
  RawId if_statement();
  RawId else_clause();
  RawId for_statement();
  RawId while_statement();
  RawId try_statement();
  RawId except_clause();
  RawId with_statement();
  bool is_parenthesized_with() const;
  RawId function_definition();
  RawId class_definition(RawId* body);
  RawId decorated_definition(RawId* body);

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  RawNodes nodes_;
};

}  // namespace surefoot::syntax

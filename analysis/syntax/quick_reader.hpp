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
  /// Both are borrowed; what is in `nodes` is lost.
  QuickReader(std::string_view text, const std::vector<Token>& tokens, RawNodes& nodes)
      : text_(text), tokens_(tokens), nodes_(nodes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return failed_ || is(TokenKind::end); }
  bool at_dedent() const { return failed_ || is(TokenKind::dedent); }
  void skip_dedent() { step(); }

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
  bool is(Word word) const { return now().word == word.number; }
  static bool is(const Token& token, Word word) { return token.word == word.number; }
  void step() {
    if (!is(TokenKind::end)) ++at_;
  }
  bool take(Word word) {
    if (!is(word)) return false;
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
  /// The end of the token before; 0 where there is none, which is no tree that anybody gets.
  std::uint32_t end_before() const { return at_ == 0 ? 0 : tokens_[at_ - 1].end; }
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
  RawId named_expression();
  RawId expression_or_star();
  RawId disjunction();
  RawId conjunction();
  RawId inversion();
  RawId comparison();
  RawId binary(int lowest);
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
  bool is_plain_star(RawId node) const;
  bool may_be_generated(RawId element) const;
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
  bool at_comprehension() const { return is("for") || (is("async") && is(ahead(), "for")); }

  // Types.
  RawId type();
  void parameters(RawId into, bool is_lambda);
  RawId parameter(bool is_lambda);
  RawId type_parameters();

  // Statements.
  void simple_statements(std::vector<RawId>& into);
  RawId simple_statement();
  RawId expression_statement();
  bool at_augmented() const;
  bool is_single(RawId node) const {
    const Kind kind = nodes_[node].kind;
    return kind == Kind::identifier || kind == Kind::attribute || kind == Kind::subscript;
  }
  RawId assignment(RawId left);
  RawId import_statement();
  RawId import_from_statement();
  void import_list(RawId into);
  RawId dotted_name();
  RawId keyword_statement();
  RawId returned(RawId node);
  RawId raised(RawId node);
  RawId asserted(RawId node);
  RawId names(RawId node);
  RawId compound_statement(RawId* body_of_class);
  bool at_compound() const;
  bool may_be_soft_statement() const;
  bool is_lone_call() const;
  RawId block();
  RawId if_statement();
  RawId else_clause();
  RawId for_statement();
  RawId while_statement();
  RawId try_statement();
  RawId except_clause();
  RawId with_statement();
  bool is_parenthesized_with() const;
  bool may_get_name(RawId value) const;
  RawId function_definition();
  RawId class_definition(RawId* body);
  RawId decorated_definition(RawId* body);

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  RawNodes& nodes_;
};

}  // namespace surefoot::syntax

// Compound statements.
#include <algorithm>

#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {

// What follows the colon of a compound statement.
RawId QuickReader::block() {
  const Deeper deeper(*this);
  expect(take(":"));
  if (failed_) return fail();
  std::vector<RawId> children;
  const RawId node = nodes_.make(Kind::block, now().start);
  if (!is(TokenKind::newline)) {
    nodes_[node].start = now().start;
    simple_statements(children);
    nodes_[node].end = failed_ ? 0 : end_before();
  } else {
    step();
    expect(is(TokenKind::indent));
    step();
    nodes_[node].start = now().start;
    while (!failed_ && !is(TokenKind::dedent)) statements(children);
    nodes_[node].end = now().start;
    step();
  }
  const std::uint32_t end = nodes_[node].end;
  for (const RawId child : children) nodes_.add(node, child);
  nodes_[node].end = end;
  return node;
}

RawId QuickReader::compound_statement(RawId* body_of_class) {
  if (is("if")) return if_statement();
  if (is("for")) return for_statement();
  if (is("while")) return while_statement();
  if (is("try")) return try_statement();
  if (is("with")) return with_statement();
  if (is("def")) return function_definition();
  if (is("class")) return class_definition(body_of_class);
  if (is("@")) return decorated_definition(body_of_class);
  if (is(ahead(), "def")) return function_definition();
  if (is(ahead(), "for")) return for_statement();
  return is(ahead(), "with") ? with_statement() : fail();
}

RawId QuickReader::if_statement() {
  const RawId node = leaf(Kind::if_statement);
  nodes_.add(node, named_expression(), Field::condition);
  nodes_.add(node, block(), Field::consequence);
  while (!failed_ && is("elif")) {
    const RawId clause = leaf(Kind::elif_clause);
    nodes_.add(clause, named_expression(), Field::condition);
    nodes_.add(clause, block(), Field::consequence);
    nodes_.add(node, clause, Field::alternative);
  }
  if (is("else")) nodes_.add(node, else_clause(), Field::alternative);
  return node;
}

RawId QuickReader::else_clause() {
  const RawId node = leaf(Kind::else_clause);
  nodes_.add(node, block(), Field::body);
  return node;
}

RawId QuickReader::for_statement() {
  const RawId node = nodes_.make(Kind::for_statement, now().start);
  if (take("async")) nodes_[node].is_async = true;
  step();
  nodes_.add(node, targets(), Field::left);
  expect(take("in"));
  nodes_.add(node, list_of_expressions(), Field::right);
  nodes_.add(node, block(), Field::body);
  if (is("else")) nodes_.add(node, else_clause(), Field::alternative);
  return node;
}

RawId QuickReader::while_statement() {
  const RawId node = leaf(Kind::while_statement);
  nodes_.add(node, named_expression(), Field::condition);
  nodes_.add(node, block(), Field::body);
  if (is("else")) nodes_.add(node, else_clause(), Field::alternative);
  return node;
}

RawId QuickReader::try_statement() {
  const RawId node = leaf(Kind::try_statement);
  nodes_.add(node, block(), Field::body);
  bool handled = false;
  while (!failed_ && is("except")) {
    nodes_.add(node, except_clause());
    handled = true;
  }
  if (handled && is("else")) nodes_.add(node, else_clause());
  if (is("finally")) {
    const RawId clause = leaf(Kind::finally_clause);
    nodes_.add(clause, block());
    nodes_.add(node, clause);
    handled = true;
  }
  expect(handled);
  return node;
}

RawId QuickReader::except_clause() {
  const RawId node = leaf(Kind::except_clause);
  take("*");
  if (!is(":")) {
    const RawId value = expression();
    if (take("as")) {
      expect(may_get_name(value));
      const RawId pattern = wrap(Kind::as_pattern, value, Field::none);
      nodes_.add(pattern, wrap(Kind::as_pattern_target, name(), Field::none), Field::alias);
      nodes_.add(node, pattern, Field::value);
    } else {
      nodes_.add(node, value, Field::value);
    }
  }
  nodes_.add(node, block());
  return node;
}

// What an `as` behind it binds as a whole.
bool QuickReader::may_get_name(RawId value) const {
  switch (nodes_[value].kind) {
    case Kind::attribute:
    case Kind::await:
    case Kind::call:
    case Kind::identifier:
    case Kind::parenthesized_expression:
    case Kind::subscript:
    case Kind::tuple:
      return true;
    default:
      return false;
  }
}

// Whether the bracket behind `with` holds all items: it closes before the colon.
bool QuickReader::is_parenthesized_with() const {
  if (!is("(")) return false;
  int depth = 0;
  for (std::size_t i = at_; i < tokens_.size() && tokens_[i].kind != TokenKind::newline; ++i) {
    if (is(tokens_[i], "(") || is(tokens_[i], "[") || is(tokens_[i], "{")) ++depth;
    if (is(tokens_[i], ")") || is(tokens_[i], "]") || is(tokens_[i], "}")) --depth;
    if (depth == 0) return is(tokens_[std::min(i + 1, tokens_.size() - 1)], ":");
  }
  return false;
}

RawId QuickReader::with_statement() {
  const RawId node = nodes_.make(Kind::with_statement, now().start);
  if (take("async")) nodes_[node].is_async = true;
  step();
  const RawId clause = nodes_.make(Kind::with_clause, now().start);
  const bool in_brackets = is_parenthesized_with();
  if (in_brackets) step();
  while (!failed_) {
    RawId value = expression();
    if (take("as")) {
      expect(may_get_name(value));
      value = wrap(Kind::as_pattern, value, Field::none);
      const RawId bound = primary();
      nodes_.add(value, wrap(Kind::as_pattern_target, bound, Field::none), Field::alias);
    }
    nodes_.add(clause, wrap(Kind::with_item, value, Field::value));
    if (!take(",") || is(")") || is(":")) break;
  }
  if (in_brackets) {
    // One alone may as well be an expression in brackets.
    expect(nodes_[clause].first != nodes_[clause].last);
    expect(take(")"));
  }
  if (!failed_) close(clause);
  nodes_.add(node, clause);
  nodes_.add(node, block(), Field::body);
  return node;
}

RawId QuickReader::function_definition() {
  const RawId node = nodes_.make(Kind::function_definition, now().start);
  if (take("async")) nodes_[node].is_async = true;
  step();
  nodes_.add(node, name(), Field::name);
  expect(!is("["));
  const RawId list = nodes_.make(Kind::parameters, now().start);
  expect(take("("));
  parameters(list, false);
  expect(take(")"));
  if (failed_) return node;
  close(list);
  nodes_.add(node, list, Field::parameters);
  if (take("->")) nodes_.add(node, type(), Field::return_type);
  nodes_.add(node, block(), Field::body);
  return node;
}

RawId QuickReader::class_definition(RawId* body) {
  const RawId node = leaf(Kind::class_definition);
  nodes_.add(node, name(), Field::name);
  expect(!is("["));
  if (is("(")) {
    const RawId list = nodes_.make(Kind::argument_list, now().start);
    step();
    while (!failed_ && !is(")")) {
      nodes_.add(list, argument());
      expect(!at_comprehension());
      if (!take(",")) break;
    }
    expect(take(")"));
    close(list);
    nodes_.add(node, list, Field::superclasses);
  }
  if (body == nullptr) {
    nodes_.add(node, block(), Field::body);
    return node;
  }
  expect(take(":"));
  const bool in_lines = is(TokenKind::newline);
  if (in_lines) step();
  if (in_lines) expect(is(TokenKind::indent));
  if (in_lines) step();
  // Members on the line of the header are left to the full parser.
  if (!in_lines) fail();
  *body = nodes_.make(Kind::block, now().start, now().start);
  nodes_.add(node, *body, Field::body);
  return node;
}

RawId QuickReader::decorated_definition(RawId* body) {
  const RawId node = nodes_.make(Kind::decorated_definition, now().start);
  while (!failed_ && is("@")) {
    const RawId decorator = leaf(Kind::decorator);
    nodes_.add(decorator, expression());
    expect(is(TokenKind::newline));
    nodes_[decorator].end = now().start;
    step();
    nodes_.add(node, decorator);
  }
  const bool is_class = is("class");
  expect(is_class || is("def") || (is("async") && is(ahead(), "def")));
  if (failed_) return node;
  nodes_.add(node, is_class ? class_definition(body) : function_definition(), Field::definition);
  return node;
}

}  // namespace surefoot::syntax

#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {
namespace {

// How close an operator binds, from `|` to `*`; 0 for what is none. `^` and `&` are the grammar's, not Python's.
int closeness(const Token& token) {
  switch (token.word) {
    case packed("|"):
      return 1;
    case packed("&"):
      return 2;
    case packed("^"):
      return 3;
    case packed("<<"):
    case packed(">>"):
      return 4;
    case packed("+"):
    case packed("-"):
      return 5;
    case packed("*"):
    case packed("/"):
    case packed("//"):
    case packed("%"):
    case packed("@"):
      return 6;
    default:
      return 0;
  }
}

bool is_comparison(const Token& token) {
  switch (token.word) {
    case packed("<"):
    case packed(">"):
    case packed("=="):
    case packed(">="):
    case packed("<="):
    case packed("!="):
    case packed("in"):
    case packed("is"):
      return true;
    default:
      return false;
  }
}

}  // namespace

RawId QuickReader::expression() {
  const Deeper deeper(*this);
  if (failed_) return fail();
  if (is("lambda")) return lambda();
  const RawId value = disjunction();
  if (!is("if")) return value;
  const RawId node = wrap(Kind::conditional_expression, value, Field::none);
  step();
  nodes_.add(node, disjunction());
  expect(take("else"));
  nodes_.add(node, expression());
  return node;
}

// Where `name := value` may stand as well.
RawId QuickReader::named_expression() {
  if (!is(TokenKind::name) || !is(ahead(), ":=")) return expression();
  const RawId node = wrap(Kind::named_expression, name(), Field::name);
  step();
  const RawId value = expression();
  // The grammar may take it for the first part of the conditional.
  expect(nodes_[value].kind != Kind::conditional_expression && nodes_[value].kind != Kind::lambda);
  nodes_.add(node, value, Field::value);
  return node;
}

RawId QuickReader::disjunction() {
  RawId left = conjunction();
  while (is("or")) {
    left = wrap(Kind::boolean_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, conjunction(), Field::right);
  }
  return left;
}

RawId QuickReader::conjunction() {
  RawId left = inversion();
  while (is("and")) {
    left = wrap(Kind::boolean_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, inversion(), Field::right);
  }
  return left;
}

RawId QuickReader::inversion() {
  if (!is("not")) return comparison();
  const Deeper deeper(*this);
  if (failed_) return fail();
  const RawId node = nodes_.make(Kind::not_operator, now().start);
  step();
  nodes_.add(node, inversion(), Field::argument);
  return node;
}

RawId QuickReader::comparison() {
  const RawId first = binary(1);
  RawId node = 0;
  while (true) {
    const bool not_in = is("not") && is(ahead(), "in");
    if (!not_in && !is_comparison(now())) return node == 0 ? first : node;
    if (node == 0) node = wrap(Kind::comparison_operator, first, Field::none);
    const bool two = not_in || (is("is") && is(ahead(), "not"));
    const RawId op = leaf(Kind::operator_);
    if (two) step();
    close(op);
    nodes_.add(node, op, Field::operators);
    nodes_.add(node, binary(1));
  }
}

// What operators hold together that bind at least as closely as `lowest`.
RawId QuickReader::binary(int lowest) {
  RawId left = unary();
  for (int level = closeness(now()); level >= lowest; level = closeness(now())) {
    left = wrap(Kind::binary_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, binary(level + 1), Field::right);
  }
  return left;
}

RawId QuickReader::unary() {
  const Deeper deeper(*this);
  if (failed_) return fail();
  if (is("await")) {
    const RawId node = nodes_.make(Kind::await, now().start);
    step();
    nodes_.add(node, primary());
    expect(!is("**"));
    return node;
  }
  if (!is("-") && !is("+") && !is("~")) return power();
  const RawId node = nodes_.make(Kind::unary_operator, now().start);
  nodes_.add(node, leaf(Kind::operator_), Field::operator_);
  nodes_.add(node, unary(), Field::argument);
  return node;
}

RawId QuickReader::power() {
  const RawId left = primary();
  if (!is("**")) return left;
  const RawId node = wrap(Kind::binary_operator, left, Field::left);
  nodes_.add(node, leaf(Kind::operator_), Field::operator_);
  nodes_.add(node, unary(), Field::right);
  return node;
}

RawId QuickReader::primary() {
  RawId value = atom();
  while (!failed_) {
    if (is(".")) {
      step();
      value = wrap(Kind::attribute, value, Field::object);
      nodes_.add(value, name(), Field::attribute);
    } else if (is("(")) {
      value = call(value);
    } else if (is("[")) {
      value = subscript(value);
    } else {
      break;
    }
  }
  return value;
}

RawId QuickReader::atom() {
  switch (now().kind) {
    case TokenKind::name:
      return leaf(Kind::identifier);
    case TokenKind::integer:
      return leaf(Kind::integer);
    case TokenKind::float_:
      return leaf(Kind::float_);
    case TokenKind::string:
    case TokenKind::f_start:
      return strings();
    case TokenKind::keyword:
      if (is("None")) return leaf(Kind::none);
      if (is("True")) return leaf(Kind::true_);
      if (is("False")) return leaf(Kind::false_);
      return fail();
    default:
      break;
  }
  if (is("(")) return parenthesized();
  if (is("[")) return bracketed();
  if (is("{")) return braced();
  if (is("...")) return leaf(Kind::ellipsis);
  return fail();
}

RawId QuickReader::lambda() {
  const RawId node = nodes_.make(Kind::lambda, now().start);
  step();
  if (!is(":")) {
    const RawId list = nodes_.make(Kind::lambda_parameters, now().start);
    parameters(list, true);
    close(list);
    nodes_.add(node, list, Field::parameters);
  }
  expect(take(":"));
  nodes_.add(node, expression(), Field::body);
  return node;
}

// `*` or `**` before what may stand in a call.
RawId QuickReader::star(Kind kind) {
  const RawId node = nodes_.make(kind, now().start);
  step();
  nodes_.add(node, expression());
  return node;
}

// In a list the grammar may bind a star to a part of what follows.
RawId QuickReader::expression_or_star() {
  if (!is("*")) return expression();
  const RawId node = nodes_.make(Kind::list_splat, now().start);
  step();
  const RawId value = primary();
  expect(nodes_[value].kind == Kind::identifier);
  nodes_.add(node, value);
  return node;
}

bool QuickReader::at_end_of_list() const {
  if (is(TokenKind::newline) || is(TokenKind::end) || now().kind == TokenKind::f_close ||
      now().kind == TokenKind::f_convert || now().kind == TokenKind::f_spec || now().kind == TokenKind::f_equals) {
    return true;
  }
  return is("=") || is(":") || is(";") || is(")") || is("]") || is("}") || is("from");
}

// One expression, or several as an expression_list.
RawId QuickReader::list_of_expressions(bool may_yield) {
  if (may_yield && is("yield")) return yield();
  const RawId first = expression_or_star();
  if (!is(",")) return nodes_[first].kind == Kind::list_splat ? fail() : first;
  const RawId list = wrap(Kind::expression_list, first, Field::none);
  while (!failed_ && take(",")) {
    if (at_end_of_list()) break;
    nodes_.add(list, expression_or_star());
  }
  close(list);
  return list;
}

RawId QuickReader::yield() {
  const RawId node = nodes_.make(Kind::yield, now().start, now().end);
  step();
  if (take("from")) {
    nodes_.add(node, expression());
  } else if (!at_end_of_list()) {
    nodes_.add(node, list_of_expressions());
  }
  return node;
}

RawId QuickReader::call(RawId function) {
  const Deeper deeper(*this);
  const RawId node = wrap(Kind::call, function, Field::function);
  const RawId arguments = nodes_.make(Kind::argument_list, now().start);
  step();
  RawId generator = 0;
  while (!failed_ && !is(")")) {
    const RawId one = argument();
    if (at_comprehension()) {
      expect(nodes_[arguments].first == 0 && may_be_generated(one));
      generator = nodes_.make(Kind::generator_expression, nodes_[arguments].start);
      nodes_.add(generator, one, Field::body);
      clauses(generator);
      break;
    }
    nodes_.add(arguments, one);
    if (!take(",")) break;
  }
  expect(take(")"));
  const RawId list = generator != 0 ? generator : arguments;
  close(list);
  nodes_.add(node, list, Field::arguments);
  return node;
}

RawId QuickReader::argument() {
  if (is("*")) return star(Kind::list_splat);
  if (is("**")) return star(Kind::dictionary_splat);
  if (!is(TokenKind::name) || !is(ahead(), "=")) return named_expression();
  const RawId node = wrap(Kind::keyword_argument, name(), Field::name);
  step();
  nodes_.add(node, expression(), Field::value);
  return node;
}

RawId QuickReader::subscript(RawId value) {
  const Deeper deeper(*this);
  const RawId node = wrap(Kind::subscript, value, Field::value);
  step();
  expect(!is("]"));
  while (!failed_ && !is("]")) {
    nodes_.add(node, slice(), Field::subscript);
    if (!take(",")) break;
  }
  expect(take("]"));
  close(node);
  return node;
}

RawId QuickReader::slice() {
  const std::uint32_t start = now().start;
  const RawId first = is(":") ? 0 : expression_or_star();
  if (!is(":")) return first;
  const RawId node = nodes_.make(Kind::slice, start);
  if (first != 0) nodes_.add(node, first);
  for (int colons = 0; colons < 2 && take(":"); ++colons) {
    if (!is(":") && !is("]") && !is(",")) nodes_.add(node, expression());
  }
  close(node);
  return node;
}

}  // namespace surefoot::syntax

#include <algorithm>
#include <array>

#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {
namespace {

constexpr int kLevels = 6;
// From `|` to `*`, by how close they bind.
constexpr std::array<std::array<std::string_view, 5>, kLevels> kOperators = {
    {{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"}}};

}  // namespace

RawId QuickReader::expression() {
  const Deeper deeper(*this);
  if (failed_) return fail();
  if (is_word("lambda")) return lambda();
  if (is(TokenKind::name) && is_op(ahead(), ":=")) {
    const RawId node = wrap(Kind::named_expression, name(), Field::name);
    step();
    nodes_.add(node, expression(), Field::value);
    return node;
  }
  const RawId value = disjunction();
  if (!is_word("if")) return value;
  const RawId node = wrap(Kind::conditional_expression, value, Field::none);
  step();
  nodes_.add(node, disjunction());
  expect(take_word("else"));
  nodes_.add(node, expression());
  return node;
}

RawId QuickReader::disjunction() {
  RawId left = conjunction();
  while (is_word("or")) {
    left = wrap(Kind::boolean_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, conjunction(), Field::right);
  }
  return left;
}

RawId QuickReader::conjunction() {
  RawId left = inversion();
  while (is_word("and")) {
    left = wrap(Kind::boolean_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, inversion(), Field::right);
  }
  return left;
}

RawId QuickReader::inversion() {
  if (!is_word("not")) return comparison();
  const Deeper deeper(*this);
  if (failed_) return fail();
  const RawId node = nodes_.make(Kind::not_operator, now().start);
  step();
  nodes_.add(node, inversion(), Field::argument);
  return node;
}

RawId QuickReader::comparison() {
  static constexpr std::array<std::string_view, 6> kSigns = {"<", ">", "==", ">=", "<=", "!="};
  const RawId first = binary(0);
  RawId node = 0;
  while (true) {
    const bool sign = std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view one) { return is_op(one); });
    const bool not_in = is_word("not") && is_word(ahead(), "in");
    if (!sign && !not_in && !is_word("in") && !is_word("is")) return node == 0 ? first : node;
    if (node == 0) node = wrap(Kind::comparison_operator, first, Field::none);
    const bool two = not_in || (is_word("is") && is_word(ahead(), "not"));
    const RawId op = leaf(Kind::operator_);
    if (two) step();
    close(op);
    nodes_.add(node, op, Field::operators);
    nodes_.add(node, binary(0));
  }
}

RawId QuickReader::binary(int level) {
  if (level == kLevels) return unary();
  RawId left = binary(level + 1);
  const auto& operators = kOperators[static_cast<std::size_t>(level)];
  while (is(TokenKind::op) && now().detail <= 2 &&
         std::any_of(operators.begin(), operators.end(), [&](std::string_view one) { return is_op(one); })) {
    left = wrap(Kind::binary_operator, left, Field::left);
    nodes_.add(left, leaf(Kind::operator_), Field::operator_);
    nodes_.add(left, binary(level + 1), Field::right);
  }
  return left;
}

RawId QuickReader::unary() {
  const Deeper deeper(*this);
  if (failed_) return fail();
  if (is_word("await")) {
    const RawId node = nodes_.make(Kind::await, now().start);
    step();
    nodes_.add(node, unary());
    return node;
  }
  if (!is_op("-") && !is_op("+") && !is_op("~")) return power();
  const RawId node = nodes_.make(Kind::unary_operator, now().start);
  nodes_.add(node, leaf(Kind::operator_), Field::operator_);
  nodes_.add(node, unary(), Field::argument);
  return node;
}

RawId QuickReader::power() {
  const RawId left = primary();
  if (!is_op("**")) return left;
  const RawId node = wrap(Kind::binary_operator, left, Field::left);
  nodes_.add(node, leaf(Kind::operator_), Field::operator_);
  nodes_.add(node, unary(), Field::right);
  return node;
}

RawId QuickReader::primary() {
  RawId value = atom();
  while (!failed_) {
    if (is_op(".")) {
      step();
      value = wrap(Kind::attribute, value, Field::object);
      nodes_.add(value, name(), Field::attribute);
    } else if (is_op("(")) {
      value = call(value);
    } else if (is_op("[")) {
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
      if (is_word("None")) return leaf(Kind::none);
      if (is_word("True")) return leaf(Kind::true_);
      if (is_word("False")) return leaf(Kind::false_);
      return fail();
    default:
      break;
  }
  if (is_op("(")) return parenthesized();
  if (is_op("[")) return bracketed();
  if (is_op("{")) return braced();
  if (is_op("...")) return leaf(Kind::ellipsis);
  return fail();
}

RawId QuickReader::lambda() {
  const RawId node = nodes_.make(Kind::lambda, now().start);
  step();
  if (!is_op(":")) {
    const RawId list = nodes_.make(Kind::lambda_parameters, now().start);
    parameters(list, true);
    close(list);
    nodes_.add(node, list, Field::parameters);
  }
  expect(take_op(":"));
  nodes_.add(node, expression(), Field::body);
  return node;
}

// `*` or `**` before what may stand in a call or a display.
RawId QuickReader::star(Kind kind) {
  const RawId node = nodes_.make(kind, now().start);
  step();
  nodes_.add(node, expression());
  return node;
}

// In a list without brackets the grammar takes a star only before names, and for part of what is below them.
RawId QuickReader::expression_or_star() {
  if (!is_op("*")) return expression();
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
  return is_op("=") || is_op(":") || is_op(";") || is_op(")") || is_op("]") || is_op("}") || is_word("from");
}

// One expression, or several as an expression_list.
RawId QuickReader::list_of_expressions(bool may_yield) {
  if (may_yield && is_word("yield")) return yield();
  const RawId first = expression_or_star();
  if (!is_op(",")) return first;
  const RawId list = wrap(Kind::expression_list, first, Field::none);
  while (!failed_ && take_op(",")) {
    if (at_end_of_list()) break;
    nodes_.add(list, expression_or_star());
  }
  close(list);
  return list;
}

RawId QuickReader::yield() {
  const RawId node = nodes_.make(Kind::yield, now().start, now().end);
  step();
  if (take_word("from")) {
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
  while (!failed_ && !is_op(")")) {
    const RawId one = argument();
    if (at_comprehension()) {
      expect(nodes_[arguments].first == 0);
      generator = nodes_.make(Kind::generator_expression, nodes_[arguments].start);
      nodes_.add(generator, one, Field::body);
      clauses(generator);
      break;
    }
    nodes_.add(arguments, one);
    if (!take_op(",")) break;
  }
  expect(take_op(")"));
  const RawId list = generator != 0 ? generator : arguments;
  close(list);
  nodes_.add(node, list, Field::arguments);
  return node;
}

RawId QuickReader::argument() {
  if (is_op("*")) return star(Kind::list_splat);
  if (is_op("**")) return star(Kind::dictionary_splat);
  if (!is(TokenKind::name) || !is_op(ahead(), "=")) return expression();
  const RawId node = wrap(Kind::keyword_argument, name(), Field::name);
  step();
  nodes_.add(node, expression(), Field::value);
  return node;
}

RawId QuickReader::subscript(RawId value) {
  const Deeper deeper(*this);
  const RawId node = wrap(Kind::subscript, value, Field::value);
  step();
  expect(!is_op("]"));
  while (!failed_ && !is_op("]")) {
    nodes_.add(node, slice(), Field::subscript);
    if (!take_op(",")) break;
  }
  expect(take_op("]"));
  close(node);
  return node;
}

RawId QuickReader::slice() {
  const std::uint32_t start = now().start;
  const RawId first = is_op(":") ? 0 : expression_or_star();
  if (!is_op(":")) return first;
  const RawId node = nodes_.make(Kind::slice, start);
  if (first != 0) nodes_.add(node, first);
  for (int colons = 0; colons < 2 && take_op(":"); ++colons) {
    if (!is_op(":") && !is_op("]") && !is_op(",")) nodes_.add(node, expression());
  }
  close(node);
  return node;
}

}  // namespace surefoot::syntax

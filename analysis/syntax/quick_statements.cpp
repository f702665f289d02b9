#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {

bool QuickReader::at_compound() const {
  switch (now().word) {
    case packed("@"):
    case packed("if"):
    case packed("for"):
    case packed("while"):
    case packed("try"):
    case packed("with"):
    case packed("def"):
    case packed("class"):
    case packed("async"):
      return true;
    default:
      return false;
  }
}

// `match x:`, `type X = …`, `print x`: statements that start with a name. Where the grammar has more than one reading
// open, only what can be nothing else is read: a call and nothing behind it, an assignment.
bool QuickReader::may_be_soft_statement() const {
  switch (now().word) {
    case packed("print"):
    case packed("exec"):
    case packed("match"):
      return is(ahead(), "(") ? !is_lone_call() : !is(ahead(), "=") && !is(ahead(), ".");
    case packed("type"):
      return !is(ahead(), "=") && !is(ahead(), ".") && !is(ahead(), ":");
    default:
      return false;
  }
}

// True for a name and brackets up to the end of the line, without a star that might bind to a part of what follows.
bool QuickReader::is_lone_call() const {
  int depth = 0;
  for (std::size_t i = at_ + 1;; ++i) {
    if (is(tokens_[i], "*") || is(tokens_[i], "**") || tokens_[i].kind == TokenKind::end) return false;
    if (is(tokens_[i], "(") || is(tokens_[i], "[") || is(tokens_[i], "{")) ++depth;
    if (is(tokens_[i], ")") || is(tokens_[i], "]") || is(tokens_[i], "}")) --depth;
    if (depth == 0) return tokens_[i + 1].kind == TokenKind::newline;
  }
}

void QuickReader::statements(std::vector<RawId>& into, RawId* body_of_class) {
  const Deeper deeper(*this);
  if (failed_) return;
  if (may_be_soft_statement()) {
    fail();
  } else if (at_compound()) {
    into.push_back(compound_statement(body_of_class));
  } else {
    simple_statements(into);
  }
}

void QuickReader::simple_statements(std::vector<RawId>& into) {
  while (!failed_) {
    into.push_back(simple_statement());
    if (!take(";")) break;
    if (is(TokenKind::newline)) break;
    if (may_be_soft_statement()) fail();
  }
  expect(is(TokenKind::newline));
  step();
}

RawId QuickReader::simple_statement() {
  if (!is(TokenKind::keyword)) return expression_statement();
  if (is("import")) return import_statement();
  if (is("from")) return import_from_statement();
  return keyword_statement();
}

RawId QuickReader::keyword_statement() {
  switch (now().word) {
    case packed("return"):
      return returned(leaf(Kind::return_statement));
    case packed("raise"):
      return raised(leaf(Kind::raise_statement));
    case packed("del"): {
      const RawId node = leaf(Kind::delete_statement);
      nodes_.add(node, list_of_expressions());
      return node;
    }
    case packed("assert"):
      return asserted(leaf(Kind::assert_statement));
    case packed("global"):
      return names(leaf(Kind::global_statement));
    case packed("nonlocal"):
      return names(leaf(Kind::nonlocal_statement));
    case packed("pass"):
      return leaf(Kind::pass_statement);
    case packed("break"):
      return leaf(Kind::break_statement);
    case packed("continue"):
      return leaf(Kind::continue_statement);
    default:
      return expression_statement();
  }
}

RawId QuickReader::returned(RawId node) {
  if (!at_end_of_list()) nodes_.add(node, list_of_expressions());
  return node;
}

RawId QuickReader::raised(RawId node) {
  if (at_end_of_list()) return node;
  nodes_.add(node, expression());
  if (take("from")) nodes_.add(node, expression(), Field::cause);
  return node;
}

RawId QuickReader::asserted(RawId node) {
  nodes_.add(node, expression());
  if (take(",")) nodes_.add(node, expression());
  return node;
}

RawId QuickReader::names(RawId node) {
  do {
    nodes_.add(node, name());
  } while (take(",") && !failed_);
  return node;
}

RawId QuickReader::dotted_name() {
  const RawId node = nodes_.make(Kind::dotted_name, now().start);
  do {
    nodes_.add(node, name());
  } while (take(".") && !failed_);
  return node;
}

void QuickReader::import_list(RawId into) {
  while (!failed_) {
    RawId one = dotted_name();
    if (take("as")) {
      one = wrap(Kind::aliased_import, one, Field::name);
      nodes_.add(one, name(), Field::alias);
    }
    nodes_.add(into, one, Field::name);
    if (!take(",")) return;
    if (is(")")) return;
    expect(!is(TokenKind::newline));
  }
}

RawId QuickReader::import_statement() {
  const RawId node = leaf(Kind::import_statement);
  import_list(node);
  return node;
}

RawId QuickReader::import_from_statement() {
  const RawId node = leaf(Kind::import_from_statement);
  if (is(TokenKind::name) && text_of(now()) == "__future__") {
    nodes_[node].kind = Kind::future_import_statement;
    step();
  } else if (is(".") || is("...")) {
    const RawId relative = nodes_.make(Kind::relative_import, now().start);
    const RawId prefix = nodes_.make(Kind::import_prefix, now().start);
    while (is(".") || is("...")) step();
    close(prefix);
    nodes_.add(relative, prefix);
    if (is(TokenKind::name)) nodes_.add(relative, dotted_name());
    nodes_.add(node, relative, Field::module_name);
  } else {
    nodes_.add(node, dotted_name(), Field::module_name);
  }
  expect(take("import"));
  if (is("*")) {
    nodes_.add(node, leaf(Kind::wildcard_import));
  } else {
    const bool in_brackets = take("(");
    import_list(node);
    if (in_brackets) {
      expect(take(")"));
      close(node);
    }
  }
  return node;
}

RawId QuickReader::expression_statement() {
  const std::uint32_t start = now().start;
  const RawId first = list_of_expressions(true);
  RawId inner = first;
  if (is("=") || is(":") || at_augmented()) inner = assignment(first);
  const RawId node = nodes_.make(Kind::expression_statement, start);
  if (nodes_[inner].kind == Kind::expression_list) {  // the statement itself is the list
    for (RawId child = nodes_[inner].first; child != 0;) {
      const RawId next = nodes_[child].next;
      nodes_.add(node, child);
      child = next;
    }
  } else {
    nodes_.add(node, inner);
  }
  nodes_[node].end = nodes_[inner].end;
  return node;
}

bool QuickReader::at_augmented() const {
  switch (now().word) {
    case packed("+="):
    case packed("-="):
    case packed("*="):
    case packed("/="):
    case packed("@="):
    case packed("//="):
    case packed("%="):
    case packed("**="):
    case packed(">>="):
    case packed("<<="):
    case packed("&="):
    case packed("^="):
    case packed("|="):
      return true;
    default:
      return false;
  }
}

// `left` has been read as an expression.
RawId QuickReader::assignment(RawId left) {
  const Deeper deeper(*this);
  if (failed_) return fail();
  // Python has annotations and `+=` for one thing at a time, and no lone `*x = …`.
  if (!is("=") && !is_single(left)) return fail();
  expect(nodes_[left].kind != Kind::list_splat);
  to_pattern(left);
  if (is("=") || is(":")) {
    const RawId node = wrap(Kind::assignment, left, Field::left);
    const bool annotated = take(":");
    if (annotated) {
      nodes_.add(node, type(), Field::type);
      if (!is("=")) return node;
    }
    step();
    RawId right = list_of_expressions(true);
    if (is("=")) right = annotated ? fail() : assignment(right);
    nodes_.add(node, right, Field::right);
    return node;
  }
  const RawId node = wrap(Kind::augmented_assignment, left, Field::left);
  nodes_.add(node, leaf(Kind::operator_), Field::operator_);
  nodes_.add(node, list_of_expressions(true), Field::right);
  return node;
}

// An annotation. Only forms that the grammar reads in one way.
RawId QuickReader::type() {
  const Deeper deeper(*this);
  const std::uint32_t start = now().start;
  RawId inner = 0;
  if (is(TokenKind::name) && is(ahead(), "[")) {
    inner = wrap(Kind::generic_type, name(), Field::none);
    nodes_.add(inner, type_parameters());
    expect(!is("|") && !is(".") && !is("[") && !is("("));
  } else {
    expect(!is("*") && !is("**"));
    inner = expression();
  }
  const RawId node = nodes_.make(Kind::type, start);
  nodes_.add(node, inner);
  return node;
}

RawId QuickReader::type_parameters() {
  const RawId node = nodes_.make(Kind::type_parameter, now().start);
  step();
  expect(!is("]"));
  while (!failed_ && !is("]")) {
    nodes_.add(node, type());
    if (!take(",")) break;
  }
  expect(take("]"));
  close(node);
  return node;
}

void QuickReader::parameters(RawId into, bool is_lambda) {
  const Word end = is_lambda ? Word(":") : Word(")");
  while (!failed_ && !is(end)) {
    nodes_.add(into, parameter(is_lambda));
    if (!take(",")) break;
  }
}

RawId QuickReader::parameter(bool is_lambda) {
  if (is("/")) return leaf(Kind::positional_separator);
  RawId node = 0;
  const bool splat = is("*") || is("**");
  if (splat) {
    if (is("*") && is(ahead(), ",")) return leaf(Kind::keyword_separator);
    node = nodes_.make(is("*") ? Kind::list_splat_pattern : Kind::dictionary_splat_pattern, now().start);
    step();
    nodes_.add(node, name());
  } else {
    node = name();
  }
  if (!is_lambda && is(":")) {
    const RawId typed = wrap(Kind::typed_parameter, node, Field::none);
    step();
    nodes_.add(typed, type(), Field::type);
    if (!is("=")) return typed;
    expect(!splat);
    step();
    nodes_[typed].kind = Kind::typed_default_parameter;
    nodes_[node].field = Field::name;
    nodes_.add(typed, expression(), Field::value);
    return typed;
  }
  if (!is("=")) return node;
  expect(!splat);
  const RawId with_default = wrap(Kind::default_parameter, node, Field::name);
  step();
  nodes_.add(with_default, expression(), Field::value);
  return with_default;
}

}  // namespace surefoot::syntax

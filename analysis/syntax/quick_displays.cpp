// What stands in brackets, strings, and what loops and assignments bind.
#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {

RawId QuickReader::element() {
  if (is("yield")) return yield();
  if (!is("*")) return named_expression();
  const RawId node = nodes_.make(Kind::list_splat, now().start);
  step();
  nodes_.add(node, primary());
  return node;
}

// False for a star that the grammar may bind to a part of what follows, as it does in `[*a.b]` and `{*a.b}` alone.
bool QuickReader::is_plain_star(RawId node) const {
  return nodes_[node].kind != Kind::list_splat || nodes_[nodes_[node].first].kind == Kind::identifier;
}

// What a comprehension may be made of.
bool QuickReader::may_be_generated(RawId element) const {
  const Kind kind = nodes_[element].kind;
  return kind != Kind::list_splat && kind != Kind::dictionary_splat && kind != Kind::keyword_argument &&
         kind != Kind::yield && kind != Kind::named_expression;
}

RawId QuickReader::parenthesized() {
  const Deeper deeper(*this);
  const std::uint32_t start = now().start;
  step();
  const RawId first = is(")") ? 0 : element();
  RawId node = 0;
  if (first != 0 && at_comprehension()) {
    expect(may_be_generated(first));
    node = nodes_.make(Kind::generator_expression, start);
    nodes_.add(node, first, Field::body);
    clauses(node);
  } else if (first != 0 && is(")")) {
    expect(nodes_[first].kind != Kind::list_splat);
    node = nodes_.make(Kind::parenthesized_expression, start);
    nodes_.add(node, first);
  } else {
    node = nodes_.make(Kind::tuple, start);
    if (first != 0) nodes_.add(node, first);
    while (!failed_ && take(",")) {
      if (is(")")) break;
      nodes_.add(node, element());
    }
  }
  expect(take(")"));
  close(node);
  return node;
}

RawId QuickReader::bracketed() {
  const Deeper deeper(*this);
  const std::uint32_t start = now().start;
  step();
  const RawId first = is("]") ? 0 : element();
  const bool comprehension = first != 0 && at_comprehension();
  const RawId node = nodes_.make(comprehension ? Kind::list_comprehension : Kind::list, start);
  if (first != 0) nodes_.add(node, first, comprehension ? Field::body : Field::none);
  if (comprehension) {
    expect(may_be_generated(first));
    clauses(node);
  }
  if (first != 0 && !is(",")) expect(is_plain_star(first));
  while (!failed_ && !comprehension && take(",")) {
    if (is("]")) break;
    nodes_.add(node, element());
  }
  expect(take("]"));
  close(node);
  return node;
}

RawId QuickReader::pair() {
  if (is("**")) return star(Kind::dictionary_splat);
  const RawId key = element();
  if (!is(":")) return key;
  expect(nodes_[key].kind != Kind::list_splat && nodes_[key].kind != Kind::yield);
  const RawId node = wrap(Kind::pair, key, Field::key);
  step();
  nodes_.add(node, expression(), Field::value);
  return node;
}

RawId QuickReader::braced() {
  const Deeper deeper(*this);
  const std::uint32_t start = now().start;
  step();
  const RawId first = is("}") ? 0 : pair();
  const Kind kind = first == 0 ? Kind::dictionary : nodes_[first].kind;
  const bool is_map = kind == Kind::pair || kind == Kind::dictionary_splat || first == 0;
  const bool comprehension = first != 0 && at_comprehension();
  const RawId node = nodes_.make(comprehension ? (is_map ? Kind::dictionary_comprehension : Kind::set_comprehension)
                                               : (is_map ? Kind::dictionary : Kind::set),
                                 start);
  if (first != 0) nodes_.add(node, first, comprehension ? Field::body : Field::none);
  if (comprehension) {
    expect(may_be_generated(first));
    clauses(node);
  }
  if (first != 0 && !is(",")) expect(is_plain_star(first));
  while (!failed_ && !comprehension && take(",")) {
    if (is("}")) break;
    const RawId next = pair();
    const bool of_map = nodes_[next].kind == Kind::pair || nodes_[next].kind == Kind::dictionary_splat;
    expect(of_map == is_map);
    nodes_.add(node, next);
  }
  expect(take("}"));
  close(node);
  return node;
}

void QuickReader::clauses(RawId into) {
  while (!failed_) {
    if (at_comprehension()) {
      const RawId node = nodes_.make(Kind::for_in_clause, now().start);
      if (take("async")) nodes_[node].is_async = true;
      step();
      nodes_.add(node, targets(), Field::left);
      expect(take("in"));
      // Python has no condition here that is not a clause of its own.
      nodes_.add(node, is("lambda") ? fail() : disjunction(), Field::right);
      expect(!is(","));
      nodes_.add(into, node);
    } else if (is("if")) {
      const RawId node = nodes_.make(Kind::if_clause, now().start);
      step();
      nodes_.add(node, disjunction());
      expect(!is("else"));
      nodes_.add(into, node);
    } else {
      return;
    }
  }
}

RawId QuickReader::strings() {
  RawId node = 0;
  RawId first = 0;
  while (is(TokenKind::string) || is(TokenKind::f_start)) {
    RawId one = 0;
    if (is(TokenKind::string)) {
      const Token token = now();
      one = leaf(Kind::string);
      std::uint32_t content = token.start;
      while (text_[content] != '"' && text_[content] != '\'') ++content;
      content += token.quotes;
      const bool is_raw =
          text_.substr(token.start, content - token.start).find_first_of("rR") != std::string_view::npos;
      if (has_content({content, token.end - token.quotes}, is_raw)) {
        nodes_.add(one, nodes_.make(Kind::string_content, content, token.end - token.quotes));
      }
    } else {
      one = f_string();
    }
    if (first == 0) {
      first = one;
      continue;
    }
    if (node == 0) node = wrap(Kind::concatenated_string, first, Field::none);
    nodes_.add(node, one);
  }
  return node == 0 ? first : node;
}

// The grammar sees nothing in a raw string of nothing but backslashes and what they stand before.
bool QuickReader::has_content(text::Span span, bool is_raw) const {
  if (!is_raw) return !span.empty();
  for (std::uint32_t at = span.start; at < span.end; ++at) {
    if (text_[at] != '\\') return true;
    const char next = at + 1 < span.end ? text_[at + 1] : '\0';
    if (next == '\\' || next == '\n' || next == text_[span.end]) ++at;
  }
  return false;
}

RawId QuickReader::f_string() {
  const Deeper deeper(*this);
  const RawId node = nodes_.make(Kind::string, now().start);
  step();
  while (!failed_ && !is(TokenKind::f_end)) {
    if (is(TokenKind::f_text)) {
      nodes_.add(node, leaf(Kind::string_content));
    } else if (is(TokenKind::f_open)) {
      nodes_.add(node, interpolation(Kind::interpolation));
    } else {
      fail();
    }
  }
  step();
  close(node);
  return node;
}

RawId QuickReader::interpolation(Kind kind) {
  const Deeper deeper(*this);
  const RawId node = nodes_.make(kind, now().start);
  step();
  nodes_.add(node, list_of_expressions(true), Field::expression);
  if (is(TokenKind::f_equals)) step();
  if (is(TokenKind::f_convert)) nodes_.add(node, leaf(Kind::other));
  if (is(TokenKind::f_spec)) {
    const RawId format = nodes_.make(Kind::other, now().start, now().end);
    step();
    while (!failed_ && is(TokenKind::f_open)) nodes_.add(format, interpolation(Kind::other));
    nodes_[format].end = now().start;
    nodes_.add(node, format);
  }
  expect(is(TokenKind::f_close));
  step();
  close(node);
  return node;
}

// What a loop or an assignment binds: names, and what is below them.
RawId QuickReader::target() {
  const Deeper deeper(*this);
  if (failed_) return fail();
  if (is("*")) {
    const RawId node = nodes_.make(Kind::list_splat_pattern, now().start);
    step();
    nodes_.add(node, name());
    expect(!is(".") && !is("[") && !is("("));
    return node;
  }
  const RawId node = primary();
  to_pattern(node);
  return node;
}

RawId QuickReader::targets() {
  const RawId first = target();
  if (!is(",")) return first;
  const RawId list = wrap(Kind::pattern_list, first, Field::none);
  while (!failed_ && take(",")) {
    if (is("in")) break;
    nodes_.add(list, target());
  }
  close(list);
  return list;
}

void QuickReader::to_pattern(RawId id) {
  switch (nodes_[id].kind) {
    case Kind::identifier:
    case Kind::attribute:
    case Kind::subscript:
      return;
    case Kind::parenthesized_expression:
    case Kind::tuple:
      nodes_[id].kind = Kind::tuple_pattern;
      break;
    case Kind::list:
      nodes_[id].kind = Kind::list_pattern;
      break;
    case Kind::expression_list:
      nodes_[id].kind = Kind::pattern_list;
      break;
    case Kind::list_splat: {
      nodes_[id].kind = Kind::list_splat_pattern;
      expect(nodes_[nodes_[id].first].kind == Kind::identifier);
      return;
    }
    default:
      failed_ = true;
      return;
  }
  for (RawId child = nodes_[id].first; child != 0 && !failed_; child = nodes_[child].next) to_pattern(child);
}

}  // namespace surefoot::syntax

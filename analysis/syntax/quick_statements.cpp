#include <algorithm>
#include <array>

#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {

bool QuickReader::at_compound() const {
  static constexpr std::array<std::string_view, 8> kWords = {"if",   "for", "while", "try",
                                                             "with", "def", "class", "async"};
  if (is_op("@")) return true;
  return is(TokenKind::keyword) &&
         std::any_of(kWords.begin(), kWords.end(), [&](std::string_view one) { return is_word(one); });
}

// `match x:`, `type X = …`, `print x`: statements that start with a name.
bool QuickReader::at_soft_statement() const {
  if (!is(TokenKind::name)) return false;
  const std::string_view word = text_of(now());
  const Token& next = ahead();
  if (word == "print" || word == "exec") return !is_op(next, "(") || has_star_in_line();
  if (word == "type") return !is_op(next, "=") && !is_op(next, ".") && !is_op(next, ",");
  if (word != "match") return false;
  if (is_op(next, "=") || is_op(next, ".") || is_op(next, ",") || is_op(next, ":")) return false;
  if (!is_op(next, "(")) return true;
  std::size_t last = at_;
  while (tokens_[last].kind != TokenKind::newline && tokens_[last].kind != TokenKind::end) ++last;
  return is_op(tokens_[last - 1], ":") || has_star_in_line();
}

// Where the grammar has more than one reading open, a star may bind to a part of what follows.
bool QuickReader::has_star_in_line() const {
  for (std::size_t i = at_; tokens_[i].kind != TokenKind::newline && tokens_[i].kind != TokenKind::end; ++i) {
    if (is_op(tokens_[i], "*") || is_op(tokens_[i], "**")) return true;
  }
  return false;
}

void QuickReader::statements(std::vector<RawId>& into, RawId* body_of_class) {
  const Deeper deeper(*this);
  if (failed_) return;
  if (at_soft_statement()) {
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
    if (!take_op(";")) break;
    if (is(TokenKind::newline)) break;
    if (at_soft_statement()) fail();
  }
  expect(is(TokenKind::newline));
  step();
}

RawId QuickReader::simple_statement() {
  if (!is(TokenKind::keyword)) return expression_statement();
  if (is_word("import")) return import_statement();
  if (is_word("from")) return import_from_statement();
  return keyword_statement();
}

RawId QuickReader::keyword_statement() {
  static constexpr std::array<std::pair<std::string_view, Kind>, 9> kSimple = {
      {{"return", Kind::return_statement},
       {"raise", Kind::raise_statement},
       {"del", Kind::delete_statement},
       {"assert", Kind::assert_statement},
       {"pass", Kind::pass_statement},
       {"break", Kind::break_statement},
       {"continue", Kind::continue_statement},
       {"global", Kind::global_statement},
       {"nonlocal", Kind::nonlocal_statement}}};
  const auto found = std::find_if(kSimple.begin(), kSimple.end(), [&](const auto& one) { return is_word(one.first); });
  if (found == kSimple.end()) return expression_statement();
  const RawId node = leaf(found->second);
  switch (found->second) {
    case Kind::return_statement:
    case Kind::raise_statement:
      if (!at_end_of_list()) nodes_.add(node, list_of_expressions());
      if (found->second == Kind::raise_statement && nodes_[node].first != 0 && take_word("from")) {
        nodes_.add(node, expression(), Field::none);
        // `cause` is no field of the first expression.
        nodes_[nodes_[node].last].field = Field::cause;
      }
      break;
    case Kind::delete_statement:
      nodes_.add(node, list_of_expressions());
      break;
    case Kind::assert_statement:
      nodes_.add(node, expression());
      if (take_op(",")) nodes_.add(node, expression());
      break;
    case Kind::global_statement:
    case Kind::nonlocal_statement:
      do {
        nodes_.add(node, name());
      } while (take_op(",") && !failed_);
      break;
    default:
      break;
  }
  return node;
}

RawId QuickReader::dotted_name() {
  const RawId node = nodes_.make(Kind::dotted_name, now().start);
  do {
    nodes_.add(node, name());
  } while (take_op(".") && !failed_);
  return node;
}

void QuickReader::import_list(RawId into) {
  while (!failed_) {
    RawId one = dotted_name();
    if (take_word("as")) {
      one = wrap(Kind::aliased_import, one, Field::name);
      nodes_.add(one, name(), Field::alias);
    }
    nodes_.add(into, one, Field::name);
    if (!take_op(",")) return;
    if (is_op(")")) return;
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
  } else if (is_op(".") || is_op("...")) {
    const RawId relative = nodes_.make(Kind::relative_import, now().start);
    const RawId prefix = nodes_.make(Kind::import_prefix, now().start);
    while (is_op(".") || is_op("...")) step();
    close(prefix);
    nodes_.add(relative, prefix);
    if (is(TokenKind::name)) nodes_.add(relative, dotted_name());
    nodes_.add(node, relative, Field::module_name);
  } else {
    nodes_.add(node, dotted_name(), Field::module_name);
  }
  expect(take_word("import"));
  if (is_op("*")) {
    nodes_.add(node, leaf(Kind::wildcard_import));
  } else {
    const bool in_brackets = take_op("(");
    import_list(node);
    if (in_brackets) {
      expect(take_op(")"));
      close(node);
    }
  }
  return node;
}

RawId QuickReader::expression_statement() {
  const std::uint32_t start = now().start;
  const RawId first = list_of_expressions(true);
  static constexpr std::string_view kAugmented = "+=-=*=/=@=//=%=**=>>=<<=&=^=|=";
  RawId inner = first;
  const bool augmented = is(TokenKind::op) && now().detail >= 2 && text_[now().end - 1] == '=' &&
                         kAugmented.find(text_of(now())) != std::string_view::npos;
  if (is_op("=") || is_op(":") || augmented) inner = assignment(first);
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

// `left` has been read as an expression.
RawId QuickReader::assignment(RawId left) {
  const Deeper deeper(*this);
  if (failed_) return fail();
  to_pattern(left);
  if (is_op("=") || is_op(":")) {
    const RawId node = wrap(Kind::assignment, left, Field::left);
    if (take_op(":")) {
      nodes_.add(node, type(), Field::type);
      if (!is_op("=")) return node;
    }
    step();
    RawId right = list_of_expressions(true);
    if (is_op("=")) right = assignment(right);
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
  if (is(TokenKind::name) && is_op(ahead(), "[")) {
    inner = wrap(Kind::generic_type, name(), Field::none);
    nodes_.add(inner, type_parameters());
    expect(!is_op("|") && !is_op(".") && !is_op("[") && !is_op("("));
  } else {
    expect(!is_op("*") && !is_op("**"));
    inner = expression();
  }
  const RawId node = nodes_.make(Kind::type, start);
  nodes_.add(node, inner);
  return node;
}

RawId QuickReader::type_parameters() {
  const RawId node = nodes_.make(Kind::type_parameter, now().start);
  step();
  expect(!is_op("]"));
  while (!failed_ && !is_op("]")) {
    nodes_.add(node, type());
    if (!take_op(",")) break;
  }
  expect(take_op("]"));
  close(node);
  return node;
}

void QuickReader::parameters(RawId into, bool is_lambda) {
  const std::string_view end = is_lambda ? ":" : ")";
  while (!failed_ && !is_op(end)) {
    nodes_.add(into, parameter(is_lambda));
    if (!take_op(",")) break;
  }
}

RawId QuickReader::parameter(bool is_lambda) {
  if (is_op("/")) return leaf(Kind::positional_separator);
  RawId node = 0;
  const bool splat = is_op("*") || is_op("**");
  if (splat) {
    if (is_op("*") && is_op(ahead(), ",")) return leaf(Kind::keyword_separator);
    node = nodes_.make(is_op("*") ? Kind::list_splat_pattern : Kind::dictionary_splat_pattern, now().start);
    step();
    nodes_.add(node, name());
  } else {
    node = name();
  }
  if (!is_lambda && is_op(":")) {
    const RawId typed = wrap(Kind::typed_parameter, node, Field::none);
    step();
    nodes_.add(typed, type(), Field::type);
    if (!is_op("=")) return typed;
    expect(!splat);
    step();
    nodes_[typed].kind = Kind::typed_default_parameter;
    nodes_[node].field = Field::name;
    nodes_.add(typed, expression(), Field::value);
    return typed;
  }
  if (!is_op("=")) return node;
  expect(!splat);
  const RawId with_default = wrap(Kind::default_parameter, node, Field::name);
  step();
  nodes_.add(with_default, expression(), Field::value);
  return with_default;
}

}  // namespace surefoot::syntax

#include "analysis/semantics/flow_facts.hpp"

#include <algorithm>
#include <string_view>

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

std::string_view last_name(Node expression) {
  return expression.is(Kind::attribute) ? expression.child(Field::attribute).text() : expression.text();
}

Node value_of(Node with_item) {
  Node value = with_item.first_child();
  const auto is_wrapped = [](Node node) {
    return node.is(Kind::parenthesized_expression) || node.is(Kind::as_pattern) ||
           (node.is(Kind::tuple) && node.child_count() == 1);
  };
  while (is_wrapped(value)) value = value.first_child();
  return value;
}

}  // namespace

Exceptions operator|(Exceptions a, Exceptions b) {
  return {std::max(a.errors, b.errors), std::max(a.cancellation, b.cancellation)};
}

Exceptions FlowFacts::exceptions_of(Node expression) const {
  if (expression.is(Kind::call)) {
    const bool cancelled = last_name(expression.child(Field::function)) == "get_cancelled_exc_class";
    return cancelled ? Exceptions{Part::none, Part::all} : Exceptions{Part::some, Part::some};
  }
  const std::string_view name = last_name(expression);
  if (name == "BaseException") return {Part::all, Part::all};
  if (name == "Exception") return {Part::all, Part::none};
  if (name == "CancelledError" || name == "Cancelled") return {Part::none, Part::all};
  const bool other = name == "GeneratorExit" || name == "SystemExit" || name == "KeyboardInterrupt";
  return other ? Exceptions{Part::none, Part::some} : Exceptions{Part::some, Part::none};
}

Return FlowFacts::returns(Node call) const {
  const std::string_view name = call.child(Field::function).text();
  if (name == "sys.exit" || name == "exit" || name == "quit") return Return::raises_exit;
  return name == "os._exit" || name == "os.abort" ? Return::ends_process : Return::yes;
}

bool FlowFacts::suppresses(Node call) const { return last_name(call.child(Field::function)) == "suppress"; }

Exceptions FlowFacts::named_by(Node expression) const {
  if (!expression.is(Kind::parenthesized_expression) && !expression.is(Kind::tuple) &&
      !expression.is(Kind::expression_list)) {
    return expression.is(Kind::as_pattern) ? named_by(expression.first_child()) : exceptions_of(expression);
  }
  Exceptions all;
  for (const Node child : expression.children()) all = all | named_by(child);
  return all;
}

Exceptions FlowFacts::caught_by(Node except_clause) const {
  Exceptions all;
  bool bare = true;
  for (const Node child : except_clause.children()) {
    if (child.is(Kind::block) || child.is(Kind::operator_) || child.field() == Field::alias) continue;
    all = all | named_by(child);
    bare = false;
  }
  return bare ? Exceptions{Part::all, Part::all} : all;
}

Exceptions FlowFacts::raised_by(Node raise_statement) const {
  if (const Node handler = raised_again(raise_statement)) return caught_by(handler);
  Node raised = raise_statement.first_child();
  if (raised.is(Kind::call) && exceptions_of(raised).errors == Part::some) raised = raised.child(Field::function);
  const bool cancellation = named_by(raised) == Exceptions{Part::none, Part::all};
  return cancellation ? Exceptions{Part::none, Part::some} : Exceptions{Part::some, Part::none};
}

Exceptions FlowFacts::suppressed_by(Node with_item) const {
  const Node call = value_of(with_item);
  Exceptions all;
  if (!call.is(Kind::call) || !suppresses(call)) return all;
  for (const Node argument : call.child(Field::arguments).children()) {
    const bool unknown = argument.is(Kind::list_splat) || argument.is(Kind::keyword_argument);
    all = all | (unknown ? Exceptions{Part::some, Part::some} : named_by(argument));
  }
  return all;
}

Node handler_around(Node statement) {
  for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition) || outer.is(Kind::class_definition)) return {};
    if (outer.is(Kind::except_clause) && child.is(Kind::block)) return outer;
  }
  return {};
}

namespace {

std::string_view name_in(Node except_clause) {
  Node name = except_clause.child(Field::alias);
  if (!name && except_clause.first_child().is(Kind::as_pattern)) {
    name = except_clause.first_child().child(Field::alias);
  }
  return name.is(Kind::as_pattern_target) ? name.first_child().text() : name.text();
}

}  // namespace

Node raised_again(Node raise_statement) {
  const Node raised = raise_statement.first_child();
  Node handler = handler_around(raise_statement);
  if (!raised || raised.field() == Field::cause) return handler;
  while (handler && (!raised.is(Kind::identifier) || name_in(handler) != raised.text())) {
    handler = handler_around(handler);
  }
  return handler;
}

}  // namespace surefoot::semantics

#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/gathering.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule ignored_gather_errors;
const Rule ignored_gather_errors{
    .code = "RT208",
    .name = "ignored-gather-errors",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_one_of({"asyncio.gather"}); },
};

namespace {

// True for a place that learns no more of the list than whether it is empty and how long it is.
bool only_counts(Node value, Context& context) {
  Node node = value;
  while (node.parent().is(Kind::parenthesized_expression)) node = node.parent();
  const Node parent = node.parent();
  if (parent.is(Kind::argument_list) && parent.parent().is(Kind::call)) {
    return context.calls(parent.parent(), "len") || context.calls(parent.parent(), "bool");
  }
  if (parent.is(Kind::not_operator)) return true;
  return (parent.is(Kind::if_statement) || parent.is(Kind::while_statement)) && node.field() == Field::condition;
}

// `for _ in results:` with a body that does not look at the element.
bool only_counts_in_loop(Node value) {
  const Node loop = value.parent();
  if (!loop.is(Kind::for_statement) || value.field() != Field::right) return false;
  const Node target = loop.child(Field::left);
  return target.is(Kind::identifier) && !is_named_in(target.text(), loop.child(Field::body));
}

bool learns_nothing(Node value, Context& context) { return only_counts(value, context) || only_counts_in_loop(value); }

// Of a local that the results are bound to.
bool is_local_uninspected(Node target, Node statement, Context& context) {
  const Node function = context.enclosing_function(statement);
  const Node body = function.is(Kind::function_definition) ? function.child(Field::body) : Node();
  if (!body) return false;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != target.text() || is_binding_place(node)) continue;
    if (!learns_nothing(node, context)) return false;
  }
  return true;
}

// `first, second = await …`, with no name of them ever read.
bool is_pattern_uninspected(Node pattern, Node statement, Context& context) {
  for (const Node part : pattern.children()) {
    const Node name = part.is(Kind::list_splat_pattern) ? part.first_child() : part;
    if (!name.is(Kind::identifier) || is_read_after(name.text(), statement, context)) return false;
  }
  return true;
}

bool is_uninspected(Node await, Context& context) {
  const Node parent = await.parent();
  if (learns_nothing(await, context)) return true;
  const Node statement = parent.parent();
  if (!parent.is(Kind::assignment) || await.field() != Field::right || !statement.is(Kind::expression_statement)) {
    return false;
  }
  const Node target = parent.child(Field::left);
  if (target.is(Kind::identifier)) return is_local_uninspected(target, statement, context);
  const bool pattern = target.is(Kind::pattern_list) || target.is(Kind::tuple_pattern);
  return pattern && context.enclosing_function(statement) && is_pattern_uninspected(target, statement, context);
}

// `stop` closes what there is as well as it can.
bool closes(Node gather, Context& context) {
  const Node function = context.enclosing_function(gather);
  if (!is_closing_name(function.child(Field::name).text())) return false;
  for (Node argument : gather.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument)) continue;
    std::vector<Node> calls{argument};
    if (argument.is(Kind::list_splat)) calls = elements_of(argument.first_child(), context);
    for (const Node call : calls) {
      if (!is_closing_name(call.child(Field::function).text())) return false;
    }
  }
  return true;
}

bool is_map(Node call, Context& context) { return context.calls(call, "map") || context.calls(call, "list"); }

// True for tasks and futures that other code has too, and may ask for their exceptions.
bool has_owner(Node argument, Node statement, Context& context) {
  const Node value = without_parentheses(argument.is(Kind::list_splat) ? argument.first_child() : argument);
  if (value.is(Kind::attribute) || value.is(Kind::subscript)) return true;
  if (value.is(Kind::call)) return argument.is(Kind::list_splat) && !is_map(value, context);
  if (!value.is(Kind::identifier)) return false;
  if (is_read_after(value.text(), statement, context)) return true;
  const bool made_here = !elements_of(value, context).empty() || only_value_of(value, context);
  return !made_here && has_word(value.text(), {"task", "tasks", "future", "futures", "futs", "fut", "pending"});
}

bool all_have_owners(Node gather, Context& context) {
  Node statement = gather;
  while (statement.parent() && !syntax::is_statement(statement.kind())) statement = statement.parent();
  for (const Node argument : gather.child(Field::arguments).children()) {
    if (!argument.is(Kind::keyword_argument) && !has_owner(argument, statement, context)) return false;
  }
  return true;
}

void check(Node call, Context& context) {
  if (!context.calls(call, "asyncio.gather") || returns_exceptions(call) != ReturnExceptions::yes) return;
  const Node await = await_of(call, context);
  if (!await || cancels_before(call, context) || closes(call, context) || all_have_owners(call, context)) return;
  const ValueUse use = value_use(await, context);
  if (use.fate == Fate::used && !is_uninspected(await, context)) return;
  const bool dropped = use.fate == Fate::discarded;
  context
      .report(ignored_gather_errors, call,
              fmt::format("The exceptions that `return_exceptions=True` collects are lost: the results are {}",
                          dropped ? "dropped" : "never looked at"))
      .span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/generators.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node yield, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule yield_in_cancel_scope;
const Rule yield_in_cancel_scope{
    .code = "RT206",
    .name = "yield-in-cancel-scope",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::yield},
    .check = check,
    .confirm = confirm,
};

namespace {

// The item round the node, in its own function, that may cancel its block; null when there is none.
Node scope_around(Node node, Context& context) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return {};
    if (!outer.is(Kind::with_statement)) continue;
    for (const Node item : outer.child(Kind::with_clause).children()) {
      if (item.is(Kind::with_item) && may_cancel(provided_by(item, context))) return item;
    }
  }
  return {};
}

std::string_view describe(Node item, Context& context) {
  switch (provided_by(item, context).value_or(knowledge::Provided::cancel_scope)) {
    case knowledge::Provided::timeout:
      return "timeout";
    case knowledge::Provided::task_group:
      return "task group";
    default:
      return "cancel scope";
  }
}

void check(Node yield, Context& context) {
  if (!context.in_coroutine(yield)) return;
  const Node item = scope_around(yield, context);
  if (!item || is_context_manager_function(context.enclosing_function(yield), context)) return;
  context.report(yield_in_cancel_scope, yield,
                 fmt::format("This `yield` stops the generator inside of `{}`: the {} then cancels the code that "
                             "iterates, or is left open when nobody asks for the next item",
                             manager_of(item).text(), describe(item, context)));
}

bool confirm(const Report& report, Context& context) {
  const Node yield = context.unit().unit->ast.node(report.node);
  return !is_used_as_context_manager(context.enclosing_function(yield), context);
}

}  // namespace
}  // namespace surefoot::rules

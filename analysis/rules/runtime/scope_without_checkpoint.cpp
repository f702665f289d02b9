#include <fmt/format.h>

#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node item, Context& context);

}  // namespace

extern const Rule scope_without_checkpoint;
const Rule scope_without_checkpoint{
    .code = "RT220",
    .name = "scope-without-checkpoint",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::with_item},
    .check = check,
};

namespace {

// True when the block, or an item entered behind this one, may stop and be cancelled (or hands control to somebody).
bool has_checkpoint(Node item, Context& context) {
  const Node statement = item.parent().parent();
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(item));
  if (!graph.is_complete()) return true;
  for (Node next = item.next_sibling(); next; next = next.next_sibling()) {
    if (!graph.awaits_in(next).empty()) return true;
  }
  const Node body = statement.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) {
      i = node.after() - 1;
      continue;
    }
    const bool waits = node.is(Kind::for_statement) || node.is(Kind::for_in_clause) || node.is(Kind::with_statement);
    if (node.is(Kind::await) || node.is(Kind::yield) || (waits && node.is_async())) return true;
  }
  return false;
}

void check(Node item, Context& context) {
  const Node statement = item.parent().parent();
  if (!context.in_coroutine(item) || !statement.is(Kind::with_statement) || !statement.child(Field::body)) return;
  const auto provided = provided_by(item, context);
  if (provided != knowledge::Provided::timeout && provided != knowledge::Provided::cancel_scope) return;
  if (has_checkpoint(item, context)) return;
  const Node manager = manager_of(item);
  context.report(scope_without_checkpoint, manager,
                 fmt::format("Nothing is awaited under `{}`: it can never {}", manager.text(),
                             provided == knowledge::Provided::timeout ? "time out" : "cancel anything"));
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/offload.hpp"
#include "analysis/rules/cancellation.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node await, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule await_in_cancelled_cleanup;
const Rule await_in_cancelled_cleanup{
    .code = "RT205",
    .name = "await-in-cancelled-cleanup",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::await},
    .check = check,
    .fix = fix,
};

namespace {

bool limits(Node with_statement, Context& context) {
  for (const Node item : with_statement.child(Kind::with_clause).children()) {
    const auto provided = item.is(Kind::with_item) ? provided_by(item, context) : std::nullopt;
    if (provided == knowledge::Provided::timeout || provided == knowledge::Provided::cancel_scope) return true;
  }
  return false;
}

// The `finally` or handler of a cancellation round the node; null when there is none, or a timeout or shield between.
Node cleanup_around(Node node, Context& context) {
  const ResolvedFacts facts(context);
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::finally_clause)) return outer;
    if (outer.is(Kind::except_clause) && child.is(Kind::block)) {
      if (facts.caught_by(outer).cancellation == semantics::Part::all) return outer;
    }
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return {};
    if (outer.is(Kind::with_statement) && limits(outer, context)) return {};
  }
  return {};
}

// `asyncio.shield(…)`, `asyncio.wait_for(…)`, `asyncio.wait(…, timeout=5)`; `stream.aclose()`, `writer.wait_closed()`.
bool is_safe_to_await(Node awaited, Context& context) {
  if (!awaited.is(Kind::call)) return false;
  const Node function = awaited.child(Field::function);
  const std::string_view method = function.child(Field::attribute).text();
  if (method == "aclose" || method == "wait_closed") return true;
  if (context.calls(awaited, "asyncio.shield") || context.calls(awaited, "asyncio.wait_for")) return true;
  const Type* callee = context.callee(awaited);
  const bool bounded = callee != nullptr && callee->name == "asyncio.wait" && argument(awaited, "timeout");
  return bounded ||
         (callee != nullptr && (callee->name == "anyio.aclose_forcefully" || callee->name == "trio.aclose_forcefully"));
}

// True when a cancellation may be on its way where the clause runs.
bool is_cancellable(Node clause, Context& context) {
  const Node block = clause.parent().child(Field::body);
  if (clause.is(Kind::except_clause)) return cancellation_arrives(block, clause, context);
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(clause));
  for (std::uint32_t i = clause.parent().index() + 1; i < clause.index(); ++i) {
    const Node node = clause.ast().node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) {
      i = node.after() - 1;
    } else if (node.is(Kind::yield)) {
      return graph.is_complete();
    }
  }
  const auto awaits = graph.awaits_in(clause.parent());
  return graph.is_complete() && !awaits.empty() && graph.point(awaits.front()).node.start() < clause.start();
}

void check(Node await, Context& context) {
  if (!context.in_coroutine(await)) return;
  const Node clause = cleanup_around(await, context);
  if (!clause || is_safe_to_await(without_parentheses(await.first_child()), context)) return;
  if (!is_cancellable(clause, context)) return;
  context.report(await_in_cancelled_cleanup, await,
                 fmt::format("This `await` in a {} has neither a shield nor a timeout: a second cancellation cuts the "
                             "cleanup off, and without one it may hold up the shutdown for ever",
                             clause.is(Kind::finally_clause) ? "`finally`" : "handler of the cancellation"));
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node await = context.unit().unit->ast.node(report.node);
  const Node awaited = await.first_child();
  if (fixes::loop_library(file) != fixes::LoopLibrary::asyncio || !awaited) return {};
  fixes::Import import = fixes::import_module(file, context.place(await), "asyncio");
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(fixes::insert_before(file, context.place(awaited), import.name + ".shield("));
  edits.push_back(fixes::insert_after(file, context.place(awaited), ")"));
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix("Shield it from cancellation", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

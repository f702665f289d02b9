#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/served_functions.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kCalled, kApplied };

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule task_called_inline;
const Rule task_called_inline{
    .code = "CEL104",
    .name = "task-called-inline",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_of_project() || callee.is_written({"apply"}); }

// The name by which the code speaks of the task that the call runs here; null when it runs none.
Node task_run_by(Node call, Context& context) {
  const Node called = call.child(Field::function);
  const semantics::Function* task = function_called_inline(call, context);
  if (task != nullptr) return task->is_async ? Node() : called;
  const bool applies = called.is(Kind::attribute) && called.child(Field::attribute).text() == "apply";
  if (!applies) return {};
  Node object = without_parentheses(called.child(Field::object));
  if (!context.calls(call, "celery.Task.apply") && !context.calls(call, "celery.Signature.apply")) return {};
  if (object.is(Kind::call)) object = object.child(Field::function).child(Field::object);  // `task.s(1).apply()`
  return object;
}

// The innermost node round both.
Node common_ancestor(Node one, Node other) {
  Node outer = one.parent();
  while (outer && !outer.covers(other)) outer = outer.parent();
  return outer;
}

// True when a run of the function comes by one of the two and not the other: they stand in different branches, or one
// ends the function.
bool are_alternatives(Node one, Node other, Context& context) {
  const Node around = common_ancestor(one, other);
  const bool branches = around.is(Kind::if_statement) || around.is(Kind::try_statement) ||
                        around.is(Kind::match_statement) || around.is(Kind::conditional_expression);
  const Node function = context.enclosing_function(one);
  if (branches || function != context.enclosing_function(other)) return true;
  if (!function.is(Kind::function_definition)) return true;
  const semantics::FlowGraph& graph = context.flow(function);
  const auto at_one = graph.points_of(one);
  const auto at_other = graph.points_of(other);
  return !graph.can_reach(at_one, at_other, {}) && !graph.can_reach(at_other, at_one, {});
}

// True when the function enqueues the task instead, in other cases: then it runs the task here where it has to.
bool chooses(Node call, Node function, std::string_view task, Context& context) {
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node other = function.ast().node(i);
    if (!other.is(Kind::call) || !is_enqueue(other, context)) continue;
    const std::string_view owner = other.child(Field::function).child(Field::object).text();
    const bool same = owner == task || (owner.starts_with(task) && owner.substr(task.size()).starts_with('.'));
    if (same && are_alternatives(call, other, context)) return true;
  }
  return false;
}

bool is_dropped(Node call) {
  const Node parent = call.parent();
  return parent.is(Kind::expression_statement);
}

Node outermost_function_of(Node node) {
  Node found;
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::function_definition)) found = outer;
  }
  return found;
}

// Where the task holds up what should not wait: a request or another task. Null elsewhere.
std::string_view holds_up(Node call, Node task, Context& context) {
  const Node around = task_around(call, context);
  if (around) return around.child(Field::name).text() == task.text() ? "" : "this task";
  const Node function = context.enclosing_function(call);
  return function && served_by_declaration(function, context) == Served::request ? "the request" : "";
}

// A task that takes the value of another one wants it now; a request could do without.
void check(Node call, Context& context) {
  const Node task = task_run_by(call, context);
  if (!task) return;
  const std::string_view waiting = holds_up(call, task, context);
  if (waiting.empty() || (waiting == "this task" && !is_dropped(call) && !context.strict())) return;
  if (chooses(call, outermost_function_of(call), task.text(), context)) return;
  Report& report = context.report(
      task_called_inline, call,
      fmt::format("`{}` is a task, but runs here: {} waits for it, and nothing tries it again", task.text(), waiting));
  report.span = call.child(Field::function).span();
  report.variant = function_called_inline(call, context) != nullptr ? kCalled : kApplied;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant != kCalled || !is_dropped(call)) return {};
  const text::TextEdit edit = fixes::insert_after(context.file(), context.place(call.child(Field::function)), ".delay");
  return {{fixes::make_fix("Enqueue it with `.delay`", fixes::Applicability::unsafe, {edit})}, ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kInTask, kInRequest, kInHelper };

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule result_get_in_task;
const Rule result_get_in_task{
    .code = "CEL102",
    .name = "result-get-in-task",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

// What waits for the result (celery.result: these check that they are not called within a task).
bool waits(std::string_view name) {
  if (!name.starts_with("celery.result.") || name.starts_with("celery.result.EagerResult.")) return false;
  return name.ends_with(".get") || name.ends_with(".join") || name.ends_with(".join_native") ||
         name.ends_with(".wait") || name.ends_with(".collect");
}

bool concerns(const Callee& callee) { return callee.is_in("celery.result."); }

// `with allow_join_result():` round the node.
bool is_allowed(Node node, Context& context) {
  for (Node outer = node.parent(); outer && !is_definition(outer); outer = outer.parent()) {
    if (!outer.is(Kind::with_statement)) continue;
    for (const Node manager : managers_of(outer)) {
      if (manager.is(Kind::call) && context.calls(manager, "celery.result.allow_join_result")) return true;
    }
  }
  return false;
}

// True where the function asks whether the result is there: `if result.ready(): return result.get()`.
bool asks_first(Node call, Node function) {
  const std::string_view result = call.child(Field::function).child(Field::object).text();
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::attribute) || node.child(Field::object).text() != result) continue;
    const std::string_view name = node.child(Field::attribute).text();
    if (name == "ready" || name == "successful" || name == "failed" || name == "state" || name == "status") return true;
  }
  return false;
}

void say(Node call, Variant variant, std::string message, Context& context) {
  Report& report = context.report(result_get_in_task, call, std::move(message));
  report.span = call.child(Field::function).span();
  report.severity = variant == kInRequest ? Severity::warning : Severity::error;
  report.variant = variant;
}

// In a coroutine it blocks the event loop: RT105 and its like say so.
void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || !waits(callee->name) || has_splat(call)) return;
  if (argument(call, "disable_sync_subtasks") || is_allowed(call, context)) return;
  const Node function = context.enclosing_function(call);
  if (!function || context.scope_of(call) == Scope::coroutine) return;
  if (task_around(call, context)) {
    say(call, kInTask,
        "A task waits for another one: Celery raises an error, and without that check workers that wait for each other "
        "would all stand still",
        context);
  } else if (served_by_declaration(function, context) == Served::request) {
    if (asks_first(call, function)) return;
    say(call, kInRequest, "The request waits until a worker has run the task: answer first, and let clients ask",
        context);
  } else if (function.is(Kind::function_definition)) {
    say(call, kInHelper, "A task runs this and waits for another one here: Celery raises an error", context);
  }
}

// A helper counts when a task of the file runs it.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kInHelper) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  return is_reached_from(context.enclosing_function(call), Reach::calls, context, [](Node function, Context& inside) {
    return function.is(Kind::function_definition) && celery_decorator(function, inside);
  });
}

}  // namespace
}  // namespace surefoot::rules

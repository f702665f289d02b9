#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/add_await.hpp"
#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/retaken_locks.hpp"
#include "analysis/rules/task_use.hpp"
#include "analysis/rules/threadsafe_wait.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);
bool matters_at(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule self_deadlock_on_loop;
const Rule self_deadlock_on_loop{
    .code = "RT214",
    .name = "self-deadlock-on-loop",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::await, Kind::with_item, Kind::for_statement},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
    .explain = explain,
    .rises = true,
    .matters_at = matters_at,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_written({"result", "exception", "acquire"}); }

// Report::variant
constexpr int kFuture = 0;
constexpr int kCurrentTask = 1;
constexpr int kOwnTask = 2;
constexpr int kLock = 3;
constexpr int kLockThroughCall = 4;

constexpr std::string_view kThreadsafe = "asyncio.run_coroutine_threadsafe";

// ---- waiting for a coroutine from the thread that would run it

void check_future(Node call, Context& context) {
  if (!context.may_run_on_loop(call) || !handed_over_by(call, context) || asks_where_it_runs(call, context)) return;
  const std::string_view future =
      receiver_of(call).is(Kind::call) ? "run_coroutine_threadsafe(…)" : receiver_of(call).text();
  Report& report = context.report(
      self_deadlock_on_loop, call,
      fmt::format("`{}.{}` waits for a coroutine that only this thread could run: the loop waits for itself for ever",
                  future, call.child(Field::function).child(Field::attribute).text()));
  report.span = call.child(Field::function).span();
  report.variant = kFuture;
  report.subject = kThreadsafe;
  report.effect = "blocks until a coroutine has run";
}

// Where a file has a thread run a loop, a function that waits for that loop does not wait for the caller's.
bool matters_at(const Report&, Context& context) {
  if (!is_mentioned("Thread", context)) return true;
  return !is_mentioned("run_forever", context) && !is_mentioned("new_event_loop", context);
}

// ---- awaiting the task that runs

bool names_current_task(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::identifier)) value = only_value_of(value, context);
  return value.is(Kind::call) && context.calls(value, "asyncio.current_task");
}

// `asyncio.all_tasks()`, or a local that is nothing but that: no task is taken out of it.
bool names_all_tasks(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::identifier)) {
    const Node made = only_value_of(value, context);
    bool changed = false;
    for_each_mention_in(context.enclosing_function(value).child(Field::body), value.text(), [&](Node place) {
      const Node parent = place.parent();
      changed = changed || parent.is(Kind::attribute) || parent.is(Kind::binary_operator) ||
                parent.is(Kind::augmented_assignment) || parent.is(Kind::comparison_operator);
    });
    if (changed) return false;
    value = made;
  }
  return value.is(Kind::call) && context.calls(value, "asyncio.all_tasks");
}

bool asks_for_current_task(Node node, Context& context) {
  return mentions(context.enclosing_function(node).child(Field::body), "current_task");
}

// `await asyncio.gather(*asyncio.all_tasks())`, `await asyncio.wait(asyncio.all_tasks())`
bool awaits_all_tasks(Node value, Context& context) {
  if (!value.is(Kind::call)) return false;
  const Node first = value.child(Field::arguments).first_child();
  if (first.is(Kind::list_splat) && context.calls(value, "asyncio.gather")) {
    return names_all_tasks(first.first_child(), context);
  }
  return context.calls(value, "asyncio.wait") && names_all_tasks(argument(value, "fs", 0), context);
}

void check_await(Node await, Context& context) {
  const Node value = without_parentheses(await.first_child());
  if (!context.in_coroutine(await)) return;
  if (names_current_task(value, context)) {
    context
        .report(self_deadlock_on_loop, await,
                fmt::format("`{}` is the task that runs this code: it would wait for itself", value.text()))
        .variant = kCurrentTask;
  } else if (awaits_all_tasks(value, context) && !asks_for_current_task(await, context)) {
    context
        .report(self_deadlock_on_loop, await,
                "The task that runs this code is among all tasks: it would wait for itself")
        .variant = kCurrentTask;
  } else if (value.is(Kind::attribute) && is_task(value, context) && !asks_for_current_task(await, context)) {
    context
        .report(self_deadlock_on_loop, await,
                fmt::format("`{}` may be the task that runs this code: it would wait for itself", value.text()))
        .variant = kOwnTask;
  }
}

// `for task in asyncio.all_tasks(): await task`
void check_loop(Node loop, Context& context) {
  const Node task = loop.child(Field::left);
  if (loop.is_async() || !context.in_coroutine(loop) || !task.is(Kind::identifier)) return;
  if (!names_all_tasks(loop.child(Field::right), context) || asks_for_current_task(loop, context)) return;
  for_each_own(loop.child(Field::body), [&](Node node) {
    if (!node.is(Kind::await) || without_parentheses(node.first_child()).text() != task.text()) return;
    context
        .report(self_deadlock_on_loop, node,
                "The task that runs this code is among all tasks: it would wait for itself")
        .variant = kCurrentTask;
  });
}

// ---- a task that ends by waiting for itself: `self._task = create_task(self._run())`, and `_run` comes here

std::vector<Run> functions_of_task(Node attribute, Context& context) {
  std::vector<Run> found;
  const Type* owner = semantics::only(context.type_of(attribute.child(Field::object)));
  const semantics::ClassEntry* entry = owner != nullptr ? project_class(owner->name, context) : nullptr;
  if (entry == nullptr) return found;
  const auto values = entry->attributes.find(attribute.child(Field::attribute).text());
  if (values == entry->attributes.end()) return found;
  for (const semantics::TermRef& value : values->second) {
    const auto unit = unit_of(value.unit, context);
    if (!unit || value.node == semantics::kNoNode) continue;
    Context inside(context, *unit);
    const Node target = value.unit->unit->ast.node(value.node);
    const Node made = without_parentheses(target.parent().child(Field::right));
    if (made.is(Kind::none)) continue;
    const Node coroutine = made.is(Kind::call) && spawner_of(made, inside) != nullptr
                               ? made.child(Field::arguments).first_child()
                               : Node();
    const Type* callee = coroutine.is(Kind::call) ? inside.callee(coroutine) : nullptr;
    if (callee == nullptr || callee->function == nullptr) return {};
    found.push_back({callee->unit, callee->function, true});
  }
  return found;
}

bool is_run_by_own_task(Node await, Context& context) {
  const std::vector<Run> runs = functions_of_task(without_parentheses(await.first_child()), context);
  const std::size_t unit = context.unit_number();
  return !runs.empty() && std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    return any_in_run(run, context, [&](Node node, Context& inside, bool same_object) {
      return same_object && inside.unit_number() == unit && node == await;
    });
  });
}

// ---- locks

void check_lock(Node site, Context& context) {
  const auto taking = taking_at(site, context);
  if (!taking || !taking->name.of_asyncio) return;
  for_each_retaking(*taking, context, [&](Node place, const Run* run) {
    const auto& known = context.reports();
    if (std::any_of(known.begin(), known.end(), [&](const Report& one) {
          return one.rule == &self_deadlock_on_loop && one.node == place.index();
        })) {
      return;
    }
    const std::string what = run != nullptr ? fmt::format("`{}` takes `{}` again, which is held here",
                                                          shown(place).text(), taking->lock.text())
                                            : fmt::format("`{}` is taken again while it is held", place.text());
    Report& report =
        context.report(self_deadlock_on_loop, place,
                       fmt::format("{}: the task waits for itself for ever, asyncio's locks are not reentrant", what));
    report.span = shown(place).span();
    report.variant = run != nullptr ? kLockThroughCall : kLock;
  });
}

void check(Node node, Context& context) {
  switch (node.kind()) {
    case Kind::await:
      return check_await(node, context);
    case Kind::for_statement:
      return check_loop(node, context);
    case Kind::call:
      check_future(node, context);
      return check_lock(node, context);
    default:
      return check_lock(node, context);
  }
}

bool confirm(const Report& report, Context& context) {
  const Node place = context.unit().unit->ast.node(report.node);
  switch (report.variant) {
    case kFuture:
      return !waits_for_other_loop(place, context);
    case kOwnTask:
      return is_run_by_own_task(place, context);
    case kLockThroughCall:
      return retaken_through(place, true, context).has_value();
    default:
      return true;
  }
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  if (report.variant != kLockThroughCall) return {};
  const auto again = retaken_through(context.unit().unit->ast.node(report.node), true, context);
  if (!again) return {};
  return {{{again->unit, again->taking.lock}, fmt::format("`{}` is taken again here", again->taking.lock.text())}};
}

// ---- fix

bool has_comment_around(Node whole, Node kept) {
  const auto& comments = whole.ast().comments();
  return std::any_of(comments.begin(), comments.end(), [&](const text::Span& comment) {
    const bool inside = comment.start >= whole.start() && comment.end <= whole.end();
    return inside && !(comment.start >= kept.start() && comment.end <= kept.end());
  });
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kFuture) return {};
  const Node call = context.unit().unit->ast.node(report.node);
  if (call.child(Field::function).child(Field::attribute).text() != "result") return {};
  const fixes::Place place = context.place(call);
  const std::string obstacle = fixes::await_obstacle(call, fixes::Comprehensions::collected);
  if (!obstacle.empty()) return {{}, "an `await` cannot stand in " + obstacle};
  const bool local = receiver_of(call).is(Kind::identifier);
  const Node kept = local ? receiver_of(call) : argument(receiver_of(call), "coro", 0);
  if (!kept || has_comment_around(call, kept)) return {{}, "the call cannot be taken apart"};
  fixes::Import asyncio = fixes::import_module(context.file(), place, "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  const Node timeout = argument(call, "timeout", 0);
  std::string awaited(kept.text());
  if (local) awaited = fmt::format("{}.wrap_future({})", asyncio.name, awaited);
  if (timeout) awaited = fmt::format("{}.wait_for({}, {})", asyncio.name, awaited, timeout.text());
  awaited = "await " + awaited;
  if (fixes::add_await(context.file(), place).size() > 1) awaited = "(" + awaited + ")";
  std::vector<text::TextEdit> edits{fixes::replace(context.file(), place, std::move(awaited))};
  if ((local || timeout) && asyncio.edit) edits.push_back(std::move(*asyncio.edit));
  return {{fixes::make_fix("Await the coroutine", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

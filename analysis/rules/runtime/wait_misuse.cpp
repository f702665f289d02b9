#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/gathering.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);

}  // namespace

extern const Rule wait_misuse;
const Rule wait_misuse{
    .code = "RT215",
    .name = "wait-misuse",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_one_of({"asyncio.wait", "asyncio.shield", "asyncio.wait_for"}); }

void say(Node call, std::string message, Context& context) {
  context.report(wait_misuse, call, std::move(message)).span = call.child(Field::function).span();
}

bool is_coroutine(Node expression, Context& context) {
  expression = without_parentheses(expression);
  const Node value = expression.is(Kind::identifier) ? only_value_of(expression, context) : expression;
  const Promise promise = value ? promise_of(value, context) : Promise::none;
  return promise == Promise::coroutine || promise == Promise::manager;
}

// The coroutine among what `asyncio.wait` gets; null when there is none.
Node bare_coroutine(Node awaitables, Context& context) {
  if (is_coroutine(awaitables, context)) return awaitables;
  for (const Node element : elements_of(awaitables, context)) {
    if (is_coroutine(element, context)) return element;
  }
  return {};
}

std::string name_of(Node value) {
  const Node named = value.is(Kind::call) ? value.child(Field::function) : value;
  return std::string(named.text().substr(0, named.text().find('\n')));
}

bool is_log_argument(Node node) {
  for (Node outer = node.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::interpolation)) return true;
  }
  return false;
}

// A look at a set that leaves its tasks alone: `if pending`, `len(pending)`.
bool only_looks(Node read, Context& context) {
  const Node parent = read.parent();
  if (parent.is(Kind::argument_list)) return context.calls(parent.parent(), "len") || is_log_argument(read);
  const bool tested = parent.is(Kind::not_operator) || parent.is(Kind::interpolation);
  return tested || (parent.is(Kind::if_statement) && read.field() == Field::condition);
}

// True when nothing is done with the tasks of the local: no read of it after the statement that is more than a look.
bool is_left_alone(std::string_view name, Node statement, Context& context) {
  const Node function = context.enclosing_function(statement);
  const Node body = function.child(Field::body);
  if (!is_read_after(name, statement, context)) return true;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name || is_binding_place(node)) continue;
    if (statement.covers(node)) continue;
    if (context.enclosing_function(node) != function || !only_looks(node, context)) return false;
  }
  return true;
}

// What a read of the collection does that neither keeps nor cancels its tasks.
bool only_fills(Node read, Node wait) {
  if (wait.covers(read)) return true;
  const Node attribute = read.parent();
  if (!attribute.is(Kind::attribute) || !attribute.parent().is(Kind::call)) return false;
  const std::string_view method = attribute.child(Field::attribute).text();
  return method == "append" || method == "add";
}

// `task.result()`, `task in done`: what neither ends the task nor gives it to anybody.
bool looks_at_task(Node read, Context& context) {
  const Node parent = read.parent();
  if (parent.is(Kind::comparison_operator)) return true;
  if (!parent.is(Kind::attribute) || !parent.parent().is(Kind::call)) return only_looks(read, context);
  const std::string_view method = parent.child(Field::attribute).text();
  return method == "result" || method == "exception" || method == "done" || method == "cancelled";
}

// `create_task(f())`, whose caller has to keep the task.
bool starts_task(Node value, Context& context) {
  value = without_parentheses(value);
  const knowledge::Spawner* spawner = value.is(Kind::call) ? spawner_of(value, context) : nullptr;
  return spawner != nullptr && spawner->caller_owns;
}

// True for a task that this function starts, waits for here, and then only looks at.
bool is_only_looked_at(Node task, Node wait, Context& context) {
  if (!starts_task(only_value_of(task, context), context)) return false;
  const Node function = context.enclosing_function(wait);
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != task.text() || is_binding_place(node)) continue;
    if (wait.covers(node)) continue;
    if (context.enclosing_function(node) != function || !looks_at_task(node, context)) return false;
  }
  return true;
}

// The task that a loop over `tasks`, `tasks.values()` or `tasks.items()` binds; null for other uses of the collection.
Node task_of_loop(Node collection) {
  const Node attribute = collection.parent();
  const bool view = attribute.is(Kind::attribute) && attribute.parent().is(Kind::call);
  const std::string_view method = view ? attribute.child(Field::attribute).text() : std::string_view();
  if (view && method != "values" && method != "items") return {};
  const Node iterable = view ? attribute.parent() : collection;
  const Node loop = iterable.parent();
  if (iterable.field() != Field::right || !(loop.is(Kind::for_statement) || loop.is(Kind::for_in_clause))) return {};
  const Node target = loop.child(Field::left);
  const Node task = method == "items" ? target.last_child() : target;
  return task.is(Kind::identifier) ? task : Node();
}

// True when the read of the collection goes over its tasks, and only looks at them.
bool only_looks_at_each(Node read, Context& context) {
  const Node task = task_of_loop(read);
  if (!task) return false;
  Node scope = task.parent();
  while (!scope.is(Kind::for_statement) && !scope.is(Kind::for_in_clause)) scope = scope.parent();
  scope = scope.is(Kind::for_in_clause) ? scope.parent() : context.enclosing_function(read).child(Field::body);
  for (std::uint32_t i = scope.index(); i < scope.after(); ++i) {
    const Node node = scope.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != task.text() || is_binding_place(node)) continue;
    if (!looks_at_task(node, context)) return false;
  }
  return true;
}

// The dict behind `tasks.values()`.
Node without_view(Node tasks) {
  const Node function = tasks.is(Kind::call) ? tasks.child(Field::function) : Node();
  return function.child(Field::attribute).text() == "values" ? function.child(Field::object) : tasks;
}

// `{name: create_task(f(name)) for name in names}`
bool is_dict_of_tasks(Node value, Context& context) {
  value = without_parentheses(value);
  return value.is(Kind::dictionary_comprehension) && starts_task(value.child(Field::body).child(Field::value), context);
}

bool is_made_here(Node element, Node wait, Context& context) {
  element = without_parentheses(element);
  if (element.is(Kind::identifier)) return is_only_looked_at(element, wait, context);
  return element.is(Kind::call);
}

// True when the tasks are made for this call, and nothing else has them.
bool are_made_here(Node tasks, Node wait, Context& context) {
  tasks = without_view(without_parentheses(tasks));
  if (!tasks.is(Kind::identifier)) {
    for (const Node element : elements_of(tasks, context)) {
      if (!is_made_here(element, wait, context)) return false;
    }
    return !elements_of(tasks, context).empty();
  }
  const Node function = context.enclosing_function(wait);
  const Node body = function.child(Field::body);
  if (!only_value_of(tasks, context)) return false;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != tasks.text() || is_binding_place(node)) continue;
    if (!only_fills(node, wait) && !only_looks(node, context) && !only_looks_at_each(node, context)) return false;
  }
  if (is_dict_of_tasks(only_value_of(tasks, context), context)) return true;
  return are_made_here(only_value_of(tasks, context), wait, context) || !elements_of(tasks, context).empty();
}

// The local that gets the pending tasks; `dropped` when nothing does. Neither where that cannot be told.
struct Pending {
  bool dropped = false;
  Node name;
};

Pending pending_of(Node await) {
  const Node parent = await.parent();
  if (parent.is(Kind::expression_statement)) return {true, {}};
  if (!parent.is(Kind::assignment) || await.field() != Field::right) return {};
  const Node target = parent.child(Field::left);
  if (!(target.is(Kind::pattern_list) || target.is(Kind::tuple_pattern)) || target.child_count() != 2) return {};
  const Node name = target.last_child();
  return name.is(Kind::identifier) ? Pending{false, name} : Pending{};
}

bool has_limit(Node call, int position) {
  const Node timeout = argument(call, "timeout", position);
  return timeout && !timeout.is(Kind::none);
}

bool drops_pending(Node call, Context& context) {
  const Node await = call.parent();
  if (!await.is(Kind::await) || !has_limit(call, -1) || !context.enclosing_function(call)) return false;
  const Pending pending = pending_of(await);
  if (!pending.dropped && !pending.name) return false;
  const Node statement = pending.dropped ? await.parent() : await.parent().parent();
  if (pending.name && !is_left_alone(pending.name.text(), statement, context)) return false;
  return are_made_here(argument(call, "fs", 0), call, context);
}

void check_wait(Node call, Context& context) {
  if (const Node coroutine = bare_coroutine(argument(call, "fs", 0), context)) {
    const bool fails = context.target() >= semantics::PythonVersion{3, 11};
    return say(call,
               fmt::format("`asyncio.wait` takes tasks: the coroutine of `{}` {}", name_of(coroutine),
                           fails ? "raises `TypeError` from Python 3.11 on" : "is refused from Python 3.11 on"),
               context);
  }
  if (drops_pending(call, context)) {
    say(call, "The tasks that are pending when the time is up are neither cancelled nor kept: they run on unowned",
        context);
  }
}

// What is shielded runs on when the caller is cancelled, but only its task keeps it alive.
void check_shield(Node call, Context& context) {
  const Node value = without_parentheses(argument(call, "arg", 0));
  if (!value.is(Kind::call)) return;
  const knowledge::Spawner* spawner = spawner_of(value, context);
  const bool loose = spawner != nullptr && spawner->caller_owns;
  if (!loose && !is_coroutine(value, context)) return;
  say(call,
      fmt::format("Nothing keeps the task of `{}`: it may vanish once whoever waits for the shield is cancelled",
                  name_of(value)),
      context);
}

void check(Node call, Context& context) {
  if (context.calls(call, "asyncio.wait")) return check_wait(call, context);
  if (context.calls(call, "asyncio.shield")) return check_shield(call, context);
  if (context.calls(call, "asyncio.wait_for") && argument(call, "timeout", 1).is(Kind::none)) {
    say(call, "`asyncio.wait_for` with `timeout=None` waits for ever", context);
  }
}

}  // namespace
}  // namespace surefoot::rules

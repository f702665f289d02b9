#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);

}  // namespace

extern const Rule task_group_entry_misuse;
const Rule task_group_entry_misuse{
    .code = "RT225",
    .name = "task-group-entry-misuse",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call, Kind::assignment, Kind::function_definition},
    .check = check,
    .concerns = concerns,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_in("trio.") || callee.is_in("anyio.") || callee.is_in("asyncio.timeout") ||
         callee.is_written({"start_soon"});
}

std::string_view called(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object ? callee->name : std::string_view();
}

// True when the function itself opens the group that the call starts a task in, and so waits for it.
bool opens_group(Node call, Context& context) {
  const Node group = call.child(Field::function).child(Field::object);
  const Node value = group.is(Kind::identifier) ? only_value_of(group, context) : Node();
  return value && value.parent().is(Kind::as_pattern);
}

void check_entry(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition) || function.child(Field::name).text() != "__aenter__") return;
  if (!is_start_soon(call, context) || opens_group(call, context)) return;
  context
      .report(task_group_entry_misuse, call,
              "`start_soon` in `__aenter__` does not wait until the task has begun: the block may run before it. Use "
              "`await …start(…)`")
      .span = call.child(Field::function).span();
}

bool has_relative_deadline(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "trio.move_on_after", "trio.fail_after", "anyio.move_on_after", "anyio.fail_after", "asyncio.timeout"};
  return contains(kNames, name);
}

// The name that an assignment gives to the value of the call; null otherwise.
Node assigned_name(Node call) {
  const Node assignment = call.parent();
  const bool assigned = assignment.is(Kind::assignment) && call.field() == Field::right;
  const Node target = assigned ? assignment.child(Field::left) : Node();
  return last_part(target) ? target : Node();
}

// Where the function enters the manager that it calls `name`; null when it does not.
Node entered_at(Node name, Node function) {
  Node found;
  for_each_mention_in(function, last_part(name).text(), [&](Node place) {
    if (place.text() != name.text() || place == name) return;
    const Node parent = place.parent();
    const std::string_view method = parent.is(Kind::attribute) ? parent.child(Field::attribute).text() : "";
    if (!found && (item_of(place) || method == "__enter__" || method == "__aenter__")) found = place;
  });
  return found;
}

bool waits_between(Node first, Node second, Node function) {
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    const bool between = node.start() > first.end() && node.end() <= second.start();
    if (between && node.is(Kind::await)) return true;
  }
  return false;
}

void check_relative(Node call, std::string_view name, Context& context) {
  const Node target = assigned_name(call);
  Node delay = call.child(Field::arguments).first_child();
  if (delay.is(Kind::keyword_argument)) delay = delay.child(Field::value);
  if (!target || delay.is(Kind::none)) return;
  const Node function = context.enclosing_function(call);
  const Node entered = function ? entered_at(target, function) : Node();
  const bool local = function && target.is(Kind::identifier);
  if (entered ? !waits_between(call, entered, function) : local) return;
  context.report(task_group_entry_misuse, call,
                 fmt::format("The time of `{}` may run from here on, long before the block is entered: make it in the "
                             "`with` statement",
                             name));
}

bool is_constant_time(Node value) {
  value = without_parentheses(value);
  if (!value.is(Kind::integer) && !value.is(Kind::float_)) return false;
  return value.text().find_first_of("123456789") != std::string_view::npos;
}

// The argument that says at what time of the loop's clock a scope ends; null when the call takes none.
Node absolute_deadline(Node call, std::string_view name) {
  static constexpr std::array<std::string_view, 4> kAt = {"trio.move_on_at", "trio.fail_at", "asyncio.timeout_at",
                                                          "asyncio.timeout.reschedule"};
  if (contains(kAt, name)) {
    if (name == "asyncio.timeout_at" || name == "asyncio.timeout.reschedule") return argument(call, "when", 0);
    return argument(call, "deadline", 0);
  }
  const bool scope = name == "trio.CancelScope" || name == "anyio.CancelScope";
  return scope ? argument(call, "deadline") : Node();
}

void report_constant(Node anchor, Node value, Context& context) {
  context
      .report(task_group_entry_misuse, anchor,
              fmt::format("`{}` is a time on the event loop's clock, which starts anywhere: add it to the current time",
                          value.text()))
      .span = value.span();
}

void check_call(Node call, Context& context) {
  check_entry(call, context);
  const std::string_view name = called(call, context);
  if (has_relative_deadline(name)) check_relative(call, name, context);
  const Node deadline = absolute_deadline(call, name);
  if (deadline && is_constant_time(deadline)) report_constant(call, deadline, context);
}

// `scope.deadline = 5`
void check_assignment(Node assignment, Context& context) {
  const Node target = assignment.child(Field::left);
  const Node value = assignment.child(Field::right);
  if (!value || !target.is(Kind::attribute) || target.child(Field::attribute).text() != "deadline") return;
  const Node scope = target.child(Field::object);
  const bool known = context.is_instance(scope, "trio.CancelScope") || context.is_instance(scope, "anyio.CancelScope");
  if (known && is_constant_time(value)) report_constant(assignment, value, context);
}

// True when the body says that the task has started, or hands that on.
bool says_started(Node body) {
  bool says = false;
  for_each_mention_in(body, "task_status", [&](Node place) {
    const Node parent = place.parent();
    says = says || !parent.is(Kind::attribute) || parent.child(Field::attribute).text() == "started";
  });
  return says;
}

void check_function(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  const Node body = function.child(Field::body);
  if (model == nullptr || !model->is_async || is_stub(body)) return;
  for (const semantics::Parameter& parameter : model->parameters) {
    if (parameter.name != "task_status" || says_started(body)) continue;
    context
        .report(task_group_entry_misuse, function,
                fmt::format("`{}` takes `task_status` and never calls `started()`: `start` fails, or waits until the "
                            "task is done",
                            model->name))
        .span = function.child(Field::name).span();
  }
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) return check_call(node, context);
  if (node.is(Kind::assignment)) return check_assignment(node, context);
  check_function(node, context);
}

}  // namespace
}  // namespace surefoot::rules

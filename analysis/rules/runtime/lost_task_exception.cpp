#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/exception_groups.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/task_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule lost_task_exception;
const Rule lost_task_exception{
    .code = "RT203",
    .name = "lost-task-exception",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_spawner; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool starts_task(Node call, Context& context) {
  const knowledge::Spawner* spawner = spawner_of(call, context);
  if (spawner == nullptr || !spawner->caller_owns) return false;
  const Node argument = call.child(Field::arguments).first_child();
  return argument && !context.is_instance(argument, "asyncio.Future");
}

// Where a value that stands at `value` is kept for longer than its function runs.
struct Storage {
  Node kept;   // `self.task`, `self.tasks`, `_tasks`; null when it is not kept
  Node local;  // the local that names the task meanwhile; null when there is none
};

// True for an attribute that this module's class sets itself, not one that it is mixed in with.
bool is_own_attribute(Node place, Context& context) {
  if (place.child(Field::object).text() != "self") return false;
  const semantics::ClassEntry* entry = context.module().find_class(context.unit().container);
  return entry != nullptr && entry->attributes.contains(place.child(Field::attribute).text());
}

// True for an attribute, and for a name of the module.
bool outlives_function(Node place, Context& context) {
  if (place.is(Kind::attribute)) return is_own_attribute(place, context);
  if (!place.is(Kind::identifier)) return false;
  return context.module().find(place.text()) != nullptr && !fixes::is_shadowed(place, place.text());
}

Node storage_at(Node value, Context& context) {
  for (Node child = value, parent = value.parent(); parent; child = parent, parent = parent.parent()) {
    if (parent.is(Kind::call)) {
      const Node container = kept_by(parent).container;
      return container && outlives_function(container, context) ? container : Node();
    }
    if (parent.is(Kind::assignment)) {
      Node target = child.field() == Field::right ? parent.child(Field::left) : Node();
      if (target.is(Kind::subscript)) target = target.child(Field::value);
      return outlives_function(target, context) ? target : Node();
    }
    const bool passes = parent.is(Kind::argument_list) || parent.is(Kind::parenthesized_expression) ||
                        parent.is(Kind::list) || parent.is(Kind::list_comprehension) || parent.is(Kind::set) ||
                        parent.is(Kind::set_comprehension);
    if (!passes) return {};
  }
  return {};
}

Node local_of(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node assignment = value.parent();
  const bool bound = assignment.is(Kind::assignment) && value.field() == Field::right;
  const Node target = bound ? assignment.child(Field::left) : Node();
  return target.is(Kind::identifier) ? target : Node();
}

// The methods through which a container forgets a task that is done.
bool forgets(Node callback) {
  const std::string_view name = last_part(callback).text();
  return name == "discard" || name == "remove";
}

bool reads_result(Node body) {
  bool reads = false;
  for (const std::string_view method : {"result", "exception", "print_stack"}) {
    for_each_mention_in(body, method, [&](Node place) { reads = reads || place.is(Kind::attribute); });
  }
  return reads;
}

// True when a done-callback may look at how the task ended: all but those that are seen not to. Reads other units.
bool may_read_result(Node callback, Context& context) {
  callback = without_parentheses(callback);
  if (forgets(callback)) return false;
  if (callback.is(Kind::lambda)) return reads_result(callback);
  const Type* type = semantics::only(context.type_of(callback));
  if (type == nullptr || type->function == nullptr) return true;
  const Node body = type->unit->unit->ast.node(type->function->node).child(Field::body);
  // What the callback hands on may be read there.
  bool hands_on = type->function->parameters.empty();
  for (const semantics::Parameter& parameter : type->function->parameters) {
    if (parameter.name == "self" || parameter.name == "cls") continue;
    for_each_mention_in(body, parameter.name, [&](Node place) {
      const Node list = place.parent();
      const bool argument = list.is(Kind::argument_list) && !forgets(list.parent().child(Field::function));
      hands_on = hands_on || argument || list.is(Kind::await);
    });
  }
  return hands_on || reads_result(body);
}

// The callback of `task.add_done_callback(…)`, where the task is what stands at `place`; null otherwise.
Node callback_at(Node place) {
  const Node method = place.parent();
  if (!method.is(Kind::attribute) || method.child(Field::attribute).text() != "add_done_callback") return {};
  return method.parent().is(Kind::call) ? argument(method.parent(), "", 0) : Node();
}

Storage storage_of(Node call, Context& context) {
  if (const Node kept = storage_at(call, context)) return {kept, {}};
  const Node local = local_of(call);
  if (!local) return {};
  Storage storage{{}, local};
  for_each_mention_in(context.enclosing_function(call), local.text(), [&](Node place) {
    const Node kept = place != local ? storage_at(place, context) : Node();
    if (kept) storage.kept = kept;
  });
  return storage;
}

// False when the function itself awaits the local that names the task, or hands it on.
bool is_left_alone(const Storage& storage, Context& context) {
  if (!storage.local) return true;
  bool alone = true;
  for_each_mention_in(context.enclosing_function(storage.local), storage.local.text(), [&](Node place) {
    if (place == storage.local || storage_at(place, context) == storage.kept) return;
    alone = alone && is_only_watched(place, context);
  });
  return alone;
}

void check(Node call, Context& context) {
  if (!context.enclosing_function(call) || !starts_task(call, context)) return;
  const Storage storage = storage_of(call, context);
  if (!storage.kept || !is_left_alone(storage, context)) return;
  context
      .report(lost_task_exception, call,
              fmt::format("The task is kept in `{}`, and nothing ever looks at how it ended: when it fails, nobody is "
                          "told",
                          storage.kept.text()))
      .span = call.child(Field::function).span();
}

bool takes_all(Node handler) {
  const std::vector<Node> caught = caught_by(handler);
  if (caught.empty()) return true;
  return std::any_of(caught.begin(), caught.end(), [](Node exception) {
    return exception.text() == "Exception" || exception.text() == "BaseException";
  });
}

// True for code whose errors end in its own handlers: a `try` for everything, or a loop or block with nothing else.
bool guards_itself(Node block) {
  bool guarded = false;
  for (const Node statement : block.children()) {
    const bool loop = statement.is(Kind::while_statement) || statement.is(Kind::with_statement);
    if (statement.is(Kind::try_statement)) {
      bool all = false;
      for (const Node handler : statement.children())
        all = all || (handler.is(Kind::except_clause) && takes_all(handler));
      if (!all) return false;
      guarded = true;
    } else if (loop) {
      if (!guards_itself(statement.child(Field::body))) return false;
      guarded = true;
    } else if (!statement.is(Kind::expression_statement) || statement.first_child().is(Kind::await)) {
      return false;
    }
  }
  return guarded;
}

// True when the coroutine that the task runs handles its errors itself. Reads other units.
bool handles_errors(Node call, Context& context) {
  const Node coroutine = without_parentheses(call.child(Field::arguments).first_child());
  const Type* callee = coroutine.is(Kind::call) ? context.callee(coroutine) : nullptr;
  if (callee == nullptr || callee->function == nullptr) return false;
  return guards_itself(callee->unit->unit->ast.node(callee->function->node).child(Field::body));
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Storage storage = storage_of(call, context);
  if (handles_errors(call, context)) return false;
  bool lost = true;
  const auto see = [&](Node place, Context& inside) {
    const Node callback = callback_at(place);
    if (callback && may_read_result(callback, inside)) lost = false;
    if (lost && !is_only_watched(place, inside)) lost = false;
  };
  for_each_mention(storage.kept, context, see);
  if (storage.local) {
    for_each_mention_in(context.enclosing_function(call), storage.local.text(), [&](Node place) {
      const Node callback = callback_at(place);
      if (callback && may_read_result(callback, context)) lost = false;
    });
  }
  return lost;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  Node statement = call;
  while (statement && !syntax::is_statement(statement.kind())) statement = statement.parent();
  const Node assignment = statement.first_child();
  const Node target = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  Fixes fixes;
  if (!target || without_parentheses(assignment.child(Field::right)) != call || target.is(Kind::subscript)) {
    fixes.reason = "the task has no name here";
    return fixes;
  }
  fixes.offered.push_back(fixes::make_fix(
      "Raise its error in a done-callback", fixes::Applicability::unsafe,
      {fixes::add_statements(
          context.file(), context.place(statement),
          {fmt::format("{}.add_done_callback(lambda done: done.cancelled() or done.result())", target.text())})}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kSwallowed, kNotBound, kBare };

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule retry_swallowed;
const Rule retry_swallowed{
    .code = "CEL105",
    .name = "retry-swallowed",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"retry"}); },
    .fix = fix,
};

namespace {

// `self.retry(…)`; the object of the call, or null.
Node object_of_retry(Node call) {
  const Node called = call.child(Field::function);
  const bool retry = called.is(Kind::attribute) && called.child(Field::attribute).text() == "retry";
  return retry ? without_parentheses(called.child(Field::object)) : Node();
}

bool is_task_retry(Node call, Node object, Context& context) {
  return context.calls(call, "celery.Task.retry") || is_task_object(object, context);
}

// Retry, or one of the classes of Celery that it derives from (celery.exceptions).
bool is_retry_class(Node exception, Context& context) {
  const Type* type = semantics::only(context.type_of(exception));
  if (type == nullptr || type->tag != Type::Tag::object) return false;
  return type->name == "celery.exceptions.Retry" || type->name == "celery.exceptions.TaskPredicate" ||
         type->name == "celery.exceptions.CeleryError";
}

// True for a clause that may let the Retry through: it raises what it caught, or asks for it by name.
bool may_raise_again(Node clause) {
  bool again = false;
  for_each_own(block_of(clause), [&](Node node) {
    if (node.is(Kind::identifier) && node.text() == "Retry") again = true;
    if (!node.is(Kind::raise_statement)) return;
    const Node raised = without_parentheses(node.first_child());
    again = again || !raised || raised.is(Kind::identifier);
  });
  return again;
}

// The clause of the `try` that takes the Retry and keeps it; null when none does.
Node clause_that_keeps(Node try_statement, Context& context) {
  for (const Node clause : try_statement.children()) {
    if (!clause.is(Kind::except_clause)) continue;
    const std::vector<Node> taken = taken_by(clause);
    const bool named = std::any_of(taken.begin(), taken.end(), [&](Node one) {
      return is_retry_class(one, context) || has_word(one.text(), {"retry"});
    });
    if (named) return {};
    if (takes_any_error(clause, context)) return may_raise_again(clause) ? Node() : clause;
  }
  return {};
}

bool suppresses_all(Node with_statement, Context& context) {
  for (const Node manager : managers_of(with_statement)) {
    if (!manager.is(Kind::call) || !context.calls(manager, "contextlib.suppress")) continue;
    for (const Node taken : manager.child(Field::arguments).children()) {
      const Type* type = semantics::only(context.type_of(taken));
      if (type != nullptr && (type->is_object("Exception") || type->is_object("BaseException"))) return true;
    }
  }
  return false;
}

// What keeps an error that is raised at the node from leaving its function: an `except` clause or a `with`.
Node swallower_of(Node node, Context& context) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer)) return {};
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::try_statement)) {
      if (const Node clause = clause_that_keeps(outer, context)) return clause;
    }
    if (outer.is(Kind::with_statement) && suppresses_all(outer, context)) return outer;
  }
  return {};
}

// `self` that nothing binds: neither a parameter nor a name of the module.
bool is_missing_self(Node object, Context& context) {
  if (!object.is(Kind::identifier) || object.text() != "self" || context.module().find("self") != nullptr) return false;
  const semantics::UnitModel& unit = context.unit();
  return unit.terms[unit.term_of(object)].op == semantics::Op::global && task_around(object, context);
}

Node statement_of(Node call) {
  const Node statement = outside_parentheses(call).parent();
  return statement.is(Kind::expression_statement) ? statement : Node();
}

void say(Node call, Variant variant, Severity severity, std::string message, Context& context) {
  Report& report = context.report(retry_swallowed, call, std::move(message));
  report.span = call.child(Field::function).span();
  report.severity = severity;
  report.variant = variant;
}

void check(Node call, Context& context) {
  const Node object = object_of_retry(call);
  if (!object) return;
  if (is_missing_self(object, context)) {
    say(call, kNotBound, Severity::error, "The task has no `self`: it takes one with `bind=True`", context);
    return;
  }
  if (!is_task_retry(call, object, context) || !task_around(call, context)) return;
  if (argument(call, "throw", 3) || has_splat(call)) return;
  const std::string written(call.child(Field::function).text());
  if (const Node swallower = swallower_of(call, context)) {
    const std::string_view what = swallower.is(Kind::except_clause) ? "`except`" : "`suppress`";
    say(call, kSwallowed, Severity::error,
        fmt::format("`{}` raises `Retry`, which the {} round it catches: the task counts as done, and runs again",
                    written, what),
        context);
  } else if (statement_of(call)) {
    say(call, kBare, Severity::hint, fmt::format("`{}` raises: nothing behind it runs, so write `raise`", written),
        context);
  }
}

Fixes fix(const Report& report, Context& context) {
  const Node statement = statement_of(context.unit().unit->ast.node(report.node));
  if (report.variant != kBare || !statement) return {};
  const text::TextEdit edit = fixes::insert_before(context.file(), context.place(statement), "raise ");
  return {{fixes::make_fix("Write `raise`", fixes::Applicability::safe, {edit})}, ""};
}

}  // namespace
}  // namespace surefoot::rules

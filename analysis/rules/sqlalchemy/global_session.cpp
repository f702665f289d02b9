#include <fmt/format.h>

#include "analysis/rules/import_time.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule global_session;
const Rule global_session{
    .code = "SQA102",
    .name = "global-session",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_make_session(callee); },
    .confirm = confirm,
};

namespace {

// The assignment whose value the call is; null when it is none.
Node assignment_of(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression) || value.parent().is(Kind::conditional_expression) ||
         value.parent().is(Kind::boolean_operator) || value.parent().is(Kind::assignment)) {
    value = value.parent();
    if (value.is(Kind::assignment)) break;
  }
  return value.is(Kind::assignment) ? value : Node();
}

// `global session` in a function that gives it a session.
bool binds_global(Node target, Context& context) {
  const Node function = context.enclosing_function(target);
  return function.is(Kind::function_definition) && target.is(Kind::identifier) &&
         context.names_of(function).globals.contains(target.text());
}

// A function of the project that gives a session, by its type.
bool gives_session(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->function != nullptr && is_session(call, context) &&
         !is_scoped_session(call, context);
}

void check(Node call, Context& context) {
  const Node assignment = assignment_of(call);
  if (!assignment || !(makes_session(call, context) || gives_session(call, context)) ||
      is_migration_path(context.path()))
    return;
  const Node target = assignment.child(Field::left);
  const bool global = binds_global(target, context);
  if (!global && !runs_at_import(call, context)) return;
  const bool of_class = context.scope_of(call) == Scope::class_body;
  context
      .report(global_session, call,
              fmt::format("`{}` is one session for all requests and threads{}: they see each other's transactions and "
                          "errors; make a session for each",
                          target.text(), of_class ? ", of all objects of the class" : ""))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) { return may_be_imported(report, context); }

}  // namespace
}  // namespace surefoot::rules

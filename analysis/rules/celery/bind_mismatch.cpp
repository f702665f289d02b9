#include <fmt/format.h>

#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kNotBound, kNoParameter, kOtherParameter };

void check(Node definition, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule bind_mismatch;
const Rule bind_mismatch{
    .code = "CEL112",
    .name = "bind-mismatch",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
};

namespace {

using semantics::Function;
using semantics::Parameter;

// What only the object of a task has (Celery, API reference: celery.app.task.Task).
bool is_of_task(std::string_view attribute) {
  static constexpr std::array<std::string_view, 26> kNames = {"request",
                                                              "retry",
                                                              "update_state",
                                                              "name",
                                                              "app",
                                                              "backend",
                                                              "max_retries",
                                                              "delay",
                                                              "s",
                                                              "si",
                                                              "replace",
                                                              "signature",
                                                              "apply_async",
                                                              "AsyncResult",
                                                              "send_event",
                                                              "subtask",
                                                              "chunks",
                                                              "apply",
                                                              "ignore_result",
                                                              "run",
                                                              "default_retry_delay",
                                                              "time_limit",
                                                              "add_to_chord",
                                                              "soft_time_limit",
                                                              "queue",
                                                              "__class__"};
  return contains(kNames, attribute);
}

// Names by which people call the task that is running.
bool stands_for_task(std::string_view name) {
  return has_word(name, {"self", "task", "this", "me", "cls", "celery", "ctx", "context", "job", "bound", "slf", "s",
                         "t", "obj", "instance"}) ||
         name.find_first_not_of('_') == std::string_view::npos || name.starts_with("_");
}

// True when the body reads the parameter, and never as one would read a task.
bool is_used_as_value(Node definition, std::string_view name) {
  bool read = false;
  const Node body = definition.child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name || node.field() == Field::attribute) continue;
    const Node parent = node.parent();
    if (parent.is(Kind::keyword_argument) && node.field() == Field::name) continue;
    if (parent.is(Kind::attribute) && is_of_task(parent.child(Field::attribute).text())) return false;
    read = true;
  }
  return read;
}

bool may_take_task(const Parameter& parameter, Node definition) {
  if (parameter.kind == Parameter::Kind::variadic) return true;
  if (parameter.kind != Parameter::Kind::normal) return false;
  return stands_for_task(parameter.name) || !is_used_as_value(definition, parameter.name);
}

Report& report_at(Node where, Node definition, std::string message, Context& context) {
  Report& report = context.report(bind_mismatch, definition, std::move(message));
  report.span = where.span();
  return report;
}

void check_bound(const Function& function, Node definition, Context& context) {
  const bool none = function.parameters.empty() || function.parameters.front().kind == Parameter::Kind::keyword_only ||
                    function.parameters.front().kind == Parameter::Kind::keywords;
  if (none) {
    report_at(definition.child(Field::name), definition,
              fmt::format("`bind=True` hands the task to `{}` as its first argument, which takes none", function.name),
              context)
        .variant = kNoParameter;
    return;
  }
  const Parameter& first = function.parameters.front();
  if (may_take_task(first, definition)) return;
  report_at(definition.child(Field::name), definition,
            fmt::format("`bind=True` hands the task to `{}` as `{}`: a `self` is missing before it", function.name,
                        first.name),
            context)
      .variant = kOtherParameter;
}

void check(Node definition, Context& context) {
  const Function* function = context.unit().function_at(definition.index());
  if (function == nullptr || function->decorators.empty() || !function->container.empty()) return;
  const Node decorator = celery_decorator(definition, context);
  if (!decorator || has_unseen_options(decorator) || decorates_another(decorator)) return;
  const Node bind = task_option(decorator, "bind");
  if (bind.is(Kind::true_)) return check_bound(*function, definition, context);
  if (bind && !bind.is(Kind::false_)) return;
  if (function->parameters.empty() || function->parameters.front().name != "self") return;
  if (function->parameters.front().default_value != semantics::kUnknown) return;
  const Node self = definition.ast().node(function->parameters.front().node);
  report_at(
      self, definition,
      fmt::format("Without `bind=True` nobody gives `{}` its `self`: the first argument lands there", function->name),
      context)
      .variant = kNotBound;
}

// `@shared_task` becomes `@shared_task(bind=True)`.
Fixes bind(Node definition, Context& context) {
  const Node decorator = celery_decorator(definition, context);
  if (!decorator) return {};
  const Node made_by = decorator.first_child();
  const fixes::Place place = context.place(made_by);
  text::TextEdit edit;
  if (!made_by.is(Kind::call)) {
    edit = fixes::insert_after(context.file(), place, "(bind=True)");
  } else if (const Node given = task_option(decorator, "bind")) {
    edit = fixes::replace(context.file(), context.place(given), "True");
  } else {
    edit = fixes::add_argument(context.file(), place, "bind=True");
  }
  return {{fixes::make_fix("Add `bind=True`", fixes::Applicability::safe, {edit})}, ""};
}

Fixes add_self(Node definition, fixes::Applicability applicability, Context& context) {
  const Node parameters = definition.child(Field::parameters);
  const Node first = parameters.first_child();
  const text::TextEdit edit = first ? fixes::insert_before(context.file(), context.place(first), "self, ")
                                    : fixes::replace(context.file(), context.place(parameters), "(self)");
  if (!first && parameters.text() != "()") return {{}, "something stands between the parentheses"};
  return {{fixes::make_fix("Add `self`", applicability, {edit})}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node definition = context.unit().unit->ast.node(report.node);
  if (report.variant == kNotBound) return bind(definition, context);
  const bool broken = report.variant == kNoParameter;
  return add_self(definition, broken ? fixes::Applicability::safe : fixes::Applicability::unsafe, context);
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kNoBackoff, kForEver, kInClass, kLateAck };

void check(Node definition, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unbounded_retry;
const Rule unbounded_retry{
    .code = "CEL106",
    .name = "unbounded-retry",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition, Kind::assignment},
    .check = check,
    .fix = fix,
};

namespace {

constexpr std::string_view kBackoffMessage =
    "Tasks that failed together are tried again together, after the same pause each time: `retry_backoff` is missing";
constexpr std::string_view kForEverMessage = "`max_retries=None` tries again for ever, also what can never succeed";

bool is_empty_display(Node value) {
  return (value.is(Kind::tuple) || value.is(Kind::list)) && value.child_count() == 0;
}

bool is_falsy(Node value) {
  return value.is(Kind::false_) || value.is(Kind::none) || (value.is(Kind::integer) && value.text() == "0");
}

// True when the class that a task is made of may say how it is tried again.
bool base_may_say(Node decorator, std::string_view option, Context& context) {
  const Node base = task_option(decorator, "base");
  if (!base) return false;
  const Type* type = semantics::only(context.type_of(base));
  if (type == nullptr || type->tag != Type::Tag::object) return true;
  const semantics::ClassEntry* entry = project_class(type->name, context);
  if (entry == nullptr) return type->name != "celery.Task";
  if (entry->attributes.contains(option)) return true;
  for (const semantics::TermId parent : entry->definition->bases) {
    const Type* of_parent = semantics::only(context.resolver().type_of(*entry->unit, parent));
    if (of_parent == nullptr || !of_parent->is_object("celery.Task")) return true;
  }
  return false;
}

bool retries_itself(Node definition) {
  bool found = false;
  const Node body = definition.child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::attribute) && node.child(Field::attribute).text() == "retry") found = true;
  }
  return found;
}

void say(Node anchor, Node where, Variant variant, std::string_view message, Context& context) {
  Report& report = context.report(unbounded_retry, anchor, std::string(message));
  report.span = where.span();
  report.variant = variant;
}

constexpr std::string_view kLateMessage =
    "With `acks_late` a task whose worker dies runs again from the start: nothing here sees what the first run did";

// Does something that shows when it is done twice, and never asks whether it was done.
bool repeats_itself(Node definition, Context& context) {
  static constexpr knowledge::Effect kSeen = knowledge::Effect::sends | knowledge::Effect::writes_database;
  bool seen = false;
  const Node body = definition.child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool guard =
        node.is(Kind::identifier) &&
        has_word(node.text(), {"lock", "locked", "idempotent", "idempotency", "once", "exists", "already", "processed",
                               "done", "status", "state", "claim", "seen", "sent", "update", "select_for_update",
                               "get_or_create", "update_or_create"});
    if (guard) return false;
    const Type* callee = node.is(Kind::call) ? context.callee(node) : nullptr;
    if (callee != nullptr && callee->callable != nullptr) seen = seen || any(callee->callable->effects & kSeen);
  }
  return seen;
}

void check_task(Node definition, Context& context) {
  const Node decorator = celery_decorator(definition, context);
  if (!decorator || has_unseen_options(decorator)) return;
  const Node retried = task_option(decorator, "autoretry_for");
  const bool automatic = retried && !is_empty_display(retried);
  const Node backoff = task_option(decorator, "retry_backoff");
  if (automatic && (!backoff || is_falsy(backoff)) && !base_may_say(decorator, "retry_backoff", context)) {
    say(definition, retried.parent(), kNoBackoff, kBackoffMessage, context);
  }
  const Node late = task_option(decorator, "acks_late");
  if (context.strict() && late.is(Kind::true_) && repeats_itself(definition, context)) {
    say(definition, late.parent(), kLateAck, kLateMessage, context);
  }
  const Node limit = task_option(decorator, "max_retries");
  if (limit.is(Kind::none) && (automatic || retries_itself(definition))) {
    say(definition, limit.parent(), kForEver, kForEverMessage, context);
  }
}

// `autoretry_for = (OSError,)` in a class of tasks.
void check_attribute(Node assignment, Context& context) {
  const Node name = assignment.child(Field::left);
  if (!name.is(Kind::identifier) || context.scope_of(assignment) != Scope::class_body) return;
  if (name.text() != "autoretry_for" && name.text() != "max_retries") return;
  const std::string_view path = context.enclosing_class(assignment);
  const semantics::ClassEntry* entry = context.module().find_class(path);
  const std::string full = context.module().name() + "." + std::string(path);
  if (entry == nullptr || !context.resolver().is_subclass(full, "celery.Task")) return;
  const Node value = without_parentheses(assignment.child(Field::right));
  if (name.text() == "max_retries" && value.is(Kind::none)) {
    say(assignment, assignment, kInClass, kForEverMessage, context);
  }
  if (name.text() != "autoretry_for" || !value || is_empty_display(value)) return;
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr || !type->is_object("celery.Task")) return;  // its bases may say more
  }
  if (!entry->attributes.contains("retry_backoff")) {
    say(assignment, assignment, kInClass, kBackoffMessage, context);
  }
}

void check(Node node, Context& context) {
  if (node.is(Kind::assignment)) return check_attribute(node, context);
  check_task(node, context);
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kNoBackoff) return {};
  const Node decorator = celery_decorator(context.unit().unit->ast.node(report.node), context);
  if (!decorator) return {};
  const Node given = task_option(decorator, "retry_backoff");
  const text::TextEdit edit =
      given ? fixes::replace(context.file(), context.place(given), "True")
            : fixes::add_argument(context.file(), context.place(decorator.first_child()), "retry_backoff=True");
  return {{fixes::make_fix("Add `retry_backoff=True`", fixes::Applicability::unsafe, {edit})}, ""};
}

}  // namespace
}  // namespace surefoot::rules

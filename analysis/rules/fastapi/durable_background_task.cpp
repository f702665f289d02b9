#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

// Report::variant
constexpr int kNamed = 0;
constexpr int kByWhatItDoes = 1;

// Work that may be lost, whatever else its name says.
bool is_expendable(std::string_view name) {
  return has_word(name, {"log",    "logs",   "logging",  "logger",  "metric",     "metrics",   "cache",
                         "caches", "warm",   "prefetch", "preload", "invalidate", "cleanup",   "clean",
                         "delete", "remove", "purge",    "track",   "audit",      "analytics", "telemetry",
                         "stats",  "touch",  "last",     "views",   "counter",    "index",     "unlink"});
}

bool must_not_be_lost(std::string_view name) {
  return has_word(name, {"email",    "emails", "mail",    "mails",    "payment", "payments", "invoice",
                         "invoices", "pay",    "receipt", "receipts", "webhook", "webhooks", "export",
                         "exports",  "charge", "refund",  "refunds",  "payout",  "payouts",  "billing"});
}

bool is_of_mail(std::string_view name) {
  return name.starts_with("fastapi_mail.") || name.starts_with("smtplib.") || name.starts_with("aiosmtplib.");
}

// The function that a background task is given.
Node work_of(Node call, Context& context) {
  const bool task = context.calls(call, "starlette.background.BackgroundTasks.add_task") ||
                    context.calls(call, "starlette.background.BackgroundTask");
  const Node work = task ? without_parentheses(argument(call, "func", 0)) : Node();
  return work.is(Kind::identifier) || work.is(Kind::attribute) ? work : Node();
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule durable_background_task;
const Rule durable_background_task{
    .code = "FAPI106",
    .name = "durable-background-task",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_one_of(
              {"starlette.background.BackgroundTasks.add_task", "starlette.background.BackgroundTask"});
        },
    .confirm = confirm,
};

namespace {

void check(Node call, Context& context) {
  const Node work = work_of(call, context);
  if (!work || is_expendable(work.text())) return;
  const Type* type = semantics::only(context.type_of(work));
  const bool mail = type != nullptr && type->tag == Type::Tag::object && is_of_mail(type->name);
  const bool named = must_not_be_lost(last_name(work)) || mail;
  if (!named && (type == nullptr || type->function == nullptr)) return;
  Report& report = context.report(
      durable_background_task, call,
      fmt::format("`{}` is lost when it fails or the process ends: a background task is kept in memory and run once",
                  last_name(work)));
  report.span = work.span();
  report.variant = named ? kNamed : kByWhatItDoes;
}

bool writes(const semantics::UnitModel& unit, Node call, Context& context) {
  const Type* callee = semantics::only(context.resolver().type_of(unit, call.child(Field::function)));
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  if (is_of_mail(callee->name)) return true;
  return callee->callable != nullptr && any(callee->callable->effects & Effect::writes_database);
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kNamed) return true;
  const Node work = work_of(context.unit().unit->ast.node(report.node), context);
  const Type* type = semantics::only(context.type_of(work));
  if (type == nullptr || type->function == nullptr) return false;
  const semantics::UnitModel& unit = *type->unit;
  bool found = false;
  for_each_own(unit.unit->ast.node(type->function->node).child(Field::body),
               [&](Node node) { found = found || (node.is(Kind::call) && writes(unit, node, context)); });
  return found;
}

}  // namespace
}  // namespace surefoot::rules

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

// huey took over Celery's defaults (huey, API reference: crontab).
bool calls_crontab(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  return callee->name == "celery.schedules.crontab" || callee->name == "huey.crontab" ||
         callee->name == "huey.api.crontab";
}

// The first field that says when, as written; null when none does.
Node first_field(Node call) {
  static constexpr std::array<std::string_view, 6> kFields = {"hour",          "day_of_week", "day_of_month",
                                                              "month_of_year", "day",         "month"};
  for (const Node child : call.child(Field::arguments).children()) {
    if (!child.is(Kind::keyword_argument)) continue;
    const std::string_view name = child.child(Field::name).text();
    if (std::find(kFields.begin(), kFields.end(), name) != kFields.end()) return child;
  }
  return {};
}

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule crontab_every_minute;
const Rule crontab_every_minute{
    .code = "CEL111",
    .name = "crontab-every-minute",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_one_of({"celery.schedules.crontab", "huey.crontab", "huey.api.crontab"});
}

void check(Node call, Context& context) {
  if (!calls_crontab(call, context) || has_splat(call) || positional_count(call) != 0) return;
  if (argument(call, "minute")) return;
  const Node field = first_field(call);
  if (!field) return;
  context
      .report(crontab_every_minute, call,
              "`" + std::string(field.text()) + "` without `minute` runs every minute of that time")
      .span = call.child(Field::function).span();
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  return {{fixes::make_fix("Add `minute=0`", fixes::Applicability::unsafe,
                           {fixes::add_argument(context.file(), call, "minute=0")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/orm_rows.hpp"
#include "analysis/rules/project_classes.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule model_as_argument;
const Rule model_as_argument{
    .code = "CEL103",
    .name = "model-as-argument",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool concerns(const Callee& callee) {
  return may_enqueue(callee) || callee.is_written({"s", "si", "signature", "subtask"}) ||
         callee.is_one_of({"functools.partial"});
}

void check(Node call, Context& context) {
  for (const Node value : values_for_task(call, context)) {
    const Row row = row_of(value, context);
    if (row == Row::none) continue;
    const bool brief = value.text().size() <= 40 && value.text().find('\n') == std::string_view::npos;
    const std::string what = brief ? fmt::format("`{}`", value.text()) : std::string("This");
    context.report(
        model_as_argument, value,
        row == Row::rows
            ? fmt::format("{} holds rows of the database, which no message can carry: hand their keys over", what)
            : fmt::format("{} is a row of the database: the worker gets an old copy of it, or an error where "
                          "messages are JSON; hand its key over",
                          what));
  }
}

// True for a class of the project that has the attribute `id`.
bool has_id(Node value, Context& context) {
  const Type* type = semantics::only(context.type_of(value));
  const semantics::ClassEntry* entry = type == nullptr ? nullptr : project_class(type->name, context);
  return entry != nullptr && entry->attributes.contains("id");
}

Fixes fix(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  const Row row = row_of(value, context);
  const bool django = row == Row::django;
  if (!django && (row != Row::sqlalchemy || !has_id(value, context))) return {};
  if (!value.is(Kind::identifier) && !value.is(Kind::attribute) && !value.is(Kind::call)) return {};
  const std::string key = django ? ".pk" : ".id";
  return {{fixes::make_fix(fmt::format("Hand over `{}`", key), fixes::Applicability::unsafe,
                           {fixes::insert_after(context.file(), context.place(value), key)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

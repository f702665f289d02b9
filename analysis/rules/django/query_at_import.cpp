#include <fmt/format.h>

#include <string>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule query_at_import;
const Rule query_at_import{
    .code = "DJG114",
    .name = "query-at-import",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::for_statement, Kind::for_in_clause, Kind::subscript, Kind::keyword_argument},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_one_of({"len", "bool"}) || callee.blocks(knowledge::Effect::queries_orm) ||
                 may_iterate(callee) || callee.may_run_project();
        },
    .confirm = confirm,
    .notes = true,
};

namespace {

constexpr std::string_view kWhen =
    "the database when the module is imported: every command fails while the table is not there, and what is read is "
    "never read again";

// The clause of a generator that nobody runs through here: `rows = (row for row in Row.objects.all())`.
bool is_put_off(Node node) {
  const Node generator = node.parent();
  return node.is(Kind::for_in_clause) && generator.is(Kind::generator_expression) &&
         !generator.parent().is(Kind::argument_list) && !generator.parent().is(Kind::keyword_argument);
}

bool is_rows(Node iterable, Context& context) {
  return is_queryset(iterable, context) || context.is_instance(iterable, "django.db.models.query.RawQuerySet");
}

void ask(Node call, Context& context) {
  const auto run = run_at(call, context);
  if (!run || run->function->is_async) return;
  const Node name = call.child(Field::function);
  Question& question =
      context.ask(query_at_import, call, {run->unit, run->function}, fmt::format("`{}` asks {}", name.text(), kWhen));
  question.report.span = name.span();
  question.effects = {"DJG114"};
}

// The queryset that the node runs through, or the call itself where that asks the database; null for neither.
Node query_at(Node node, Context& context) {
  const Node iterable = iterated_by(node, context);
  if (iterable && is_rows(iterable, context) && !is_put_off(node)) return iterable;
  // Fields make a list of their choices.
  if (node.is(Kind::keyword_argument)) {
    const Node rows = node.child(Field::value);
    return node.child(Field::name).text() == "choices" && is_rows(rows, context) ? rows : Node();
  }
  if (node.is(Kind::subscript)) {
    const Node rows = node.child(Field::value);
    return rows.is(Kind::call) && is_rows(rows, context) && !node.child(Kind::slice) ? rows : Node();
  }
  if (node.is(Kind::call) && (context.calls(node, "len") || context.calls(node, "bool"))) {
    const Node rows = without_parentheses(argument(node, "", 0));
    return rows && is_rows(rows, context) ? rows : Node();
  }
  return node.is(Kind::call) && any(orm_effects(node, context)) ? node : Node();
}

void check(Node node, Context& context) {
  const Scope scope = context.scope_of(node);
  if (scope == Scope::function) {
    // A helper that asks the database by itself has a manager to ask.
    const Node query = context.unit().names.may_have("objects") ? query_at(node, context) : Node();
    const bool named = query && query == node;
    const std::string_view name = named ? last_name(query.child(Field::function)) : "a queryset";
    if (query) context.note(query_at_import, query, std::string(name), "asks the database");
    return;
  }
  if (!runs_at_import(node, context) || is_migration_path(context.path())) return;
  const Node query = query_at(node, context);
  if (!query) return node.is(Kind::call) ? ask(node, context) : void();
  const Node name = query == node ? query.child(Field::function) : Node();
  const std::string what = name ? fmt::format("`{}`", last_name(name)) : "This queryset";
  context.report(query_at_import, query, fmt::format("{} asks {}", what, kWhen)).span =
      name ? name.span() : query.span();
}

bool confirm(const Report& report, Context& context) {
  return report.variant == kNoted || may_be_imported(report, context);
}

}  // namespace
}  // namespace surefoot::rules

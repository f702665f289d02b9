#include <fmt/format.h>

#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule not_null_column_added;
const Rule not_null_column_added{
    .code = "MIG101",
    .name = "not-null-column-added",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_migration_operation,
    .fix = fix,
    .confirm = changes_existing_table,
};

namespace {

// Report::variant
constexpr int kFails = 0;     // Alembic: there is no value for the rows that exist
constexpr int kLocksOut = 1;  // Django: the default is taken away again

// Fields with no column of their own in the model's table, or one that the database fills.
bool has_no_plain_column(std::string_view field) {
  return contains(std::array<std::string_view, 7>{"ManyToManyField", "GenericRelation", "GenericForeignKey",
                                                  "GeneratedField", "AutoField", "BigAutoField", "SmallAutoField"},
                  field);
}

bool is_true(Node value) { return value && !value.is(Kind::false_) && !value.is(Kind::none); }

// `sa.Computed(…)`, `sa.Identity()`, `sa.Sequence(…)` among what a column is given.
bool is_filled_by_database(Node column, Context& context) {
  for (const Node given : column.child(Field::arguments).children()) {
    const std::string_view name = name_in("sqlalchemy", given, context);
    if (name == "Computed" || name == "Identity" || name == "Sequence" || name == "FetchedValue") return true;
  }
  return false;
}

// The `nullable=False` of a column with no default in the database.
Node missing_default(Node column, Context& context) {
  if (name_in("sqlalchemy", column, context) != "Column" || has_splat(column)) return {};
  const Node nullable = argument(column, "nullable");
  const Node given = argument(column, "server_default");
  const bool filled = given && !given.is(Kind::none);
  if (!nullable.is(Kind::false_) || filled || is_true(argument(column, "primary_key"))) return {};
  return is_filled_by_database(column, context) ? Node() : nullable;
}

bool is_field_not_null(Node field, Context& context) {
  const std::string_view name = name_in("django.", field, context);
  if (!name.ends_with("Field") && !name.ends_with("ForeignKey") && !name.ends_with("Key")) return false;
  if (has_no_plain_column(name) || has_splat(field)) return false;
  return !is_true(argument(field, "null")) && !argument(field, "db_default") && !argument(field, "primary_key");
}

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || !operation->is("add_column", "AddField")) return;
  const Node column = column_of(*operation, context);
  if (!column) return;
  const bool alembic = operation->tool == MigrationTool::alembic;
  if (alembic ? !missing_default(column, context) : !is_field_not_null(column, context)) return;
  Report& report = context.report(
      not_null_column_added, call,
      alembic
          ? "A column that must not be null is added with no `server_default`: this fails as soon as the table has "
            "rows"
          : "A field that must not be null is added to a table in use: the database keeps no default, and rows that "
            "the running code inserts are refused. Add it with `null=True` or a `db_default` first");
  report.span = call.child(Field::function).span();
  report.variant = alembic ? kFails : kLocksOut;
}

Fixes fix(const Report& report, Context& context) {
  const auto operation = migration_operation(context.unit().unit->ast.node(report.node), context);
  const Node column = operation ? column_of(*operation, context) : Node();
  if (!column) return {};
  if (report.variant == kFails) {
    const Node nullable = missing_default(column, context);
    if (!nullable) return {};
    text::TextEdit edit = fixes::replace(context.file(), context.place(nullable), "True");
    return {{fixes::make_fix("Let it be null at first", fixes::Applicability::unsafe, {std::move(edit)})}, ""};
  }
  const Node null = argument(column, "null");
  text::TextEdit edit = null ? fixes::replace(context.file(), context.place(null), "True")
                             : fixes::add_argument(context.file(), context.place(column), "null=True");
  return {{fixes::make_fix("Let it be null at first", fixes::Applicability::unsafe, {std::move(edit)})}, ""};
}

}  // namespace
}  // namespace surefoot::rules

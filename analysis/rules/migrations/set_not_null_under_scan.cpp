#include <fmt/format.h>

#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/migration_sql.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule set_not_null_under_scan;
const Rule set_not_null_under_scan{
    .code = "MIG106",
    .name = "set-not-null-under-scan",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_migration_operation,
    .confirm = confirm,
};

namespace {

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || operation->tool != MigrationTool::alembic || operation->name != "alter_column") return;
  if (!argument(call, "nullable").is(Kind::false_) || argument(call, "existing_nullable").is(Kind::false_)) return;
  if (is_for_other_database(call, context)) return;
  context
      .report(set_not_null_under_scan, call,
              "`nullable=False` scans the whole table while nobody may use it: add a check that it is not null "
              "`NOT VALID` and validate that first")
      .span = call.child(Field::function).span();
}

bool rules_out_null(std::string_view condition, std::string_view column) {
  const bool null = has_word(condition, {"null"}) || condition.find("is_not(") != std::string_view::npos ||
                    condition.find("isnot(") != std::string_view::npos;
  return null && condition.find(column) != std::string_view::npos;
}

// What the file does about a check that the column is not null.
struct Checks {
  bool of_column = false, of_others = false, validated = false;

  void look_at(const MigrationOperation& operation, const std::string& column) {
    const std::string sql = statement_of_sql(sql_of(operation));
    validated = validated || sql.find("validate constraint") != std::string::npos;
    const bool made = operation.name == "create_check_constraint";
    if (!made && sql.find(" check") == std::string::npos) return;
    const bool own =
        made ? rules_out_null(operation.call.text(), column) : sql.find(column + " is not null") != std::string::npos;
    of_column = of_column || own;
    of_others = of_others || !own;
    const bool at_once = made ? !argument(operation.call, "postgresql_not_valid") : sql.find("not valid") == sql.npos;
    validated = validated || (own && at_once);
  }
};

// True when a check says already that the column is not null: PostgreSQL 12 then need not scan.
bool has_validated_check(Node alter, bool in_batch, Context& context) {
  const std::string column = semantics::literal_string(argument(alter, "column_name", in_batch ? 0 : 1)).value_or("");
  Checks checks;
  for_each_operation(context,
                     [&](const MigrationOperation& operation, Context&) { checks.look_at(operation, column); });
  return checks.validated && (checks.of_column || !checks.of_others);
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto operation = migration_operation(call, context);
  return operation && changes_existing_table(report, context) &&
         !has_validated_check(call, operation->in_batch, context);
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/migration_sql.hpp"
#include "analysis/rules/words.hpp"

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

// True when the file adds or validates a check that a column is not null: PostgreSQL 12 then need not scan.
bool has_validated_check(Context& context) {
  bool found = false;
  for_each_operation(context, [&](const MigrationOperation& operation, Context&) {
    const std::string sql = statement_of_sql(sql_of(operation));
    const bool check = operation.name == "create_check_constraint" || sql.find(" check ") != std::string::npos ||
                       sql.find(" check(") != std::string::npos;
    found = found || sql.find("validate constraint") != std::string::npos ||
            (check && operation.call.text().find("ull") != std::string_view::npos &&
             sql.find("not valid") == std::string::npos && !argument(operation.call, "postgresql_not_valid"));
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  return changes_existing_table(report, context) && !has_validated_check(context);
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule constraint_validated_under_lock;
const Rule constraint_validated_under_lock{
    .code = "MIG105",
    .name = "constraint-validated-under-lock",
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
constexpr int kCheck = 0;   // a check or foreign key, which `NOT VALID` can put off
constexpr int kUnique = 1;  // an index is built for it

bool is_put_off(Node call) {
  const Node value = argument(call, "postgresql_not_valid");
  return (value && !value.is(Kind::false_) && !value.is(Kind::none)) || has_double_splat(call);
}

std::string_view kind_of_constraint(const MigrationOperation& operation, Context& context) {
  if (operation.tool == MigrationTool::alembic) return operation.name;
  if (operation.name != "AddConstraint") return {};
  return name_in("django.", argument(operation.call, "constraint", 1), context);
}

std::optional<int> variant_of(const MigrationOperation& operation, Context& context) {
  const std::string_view kind = kind_of_constraint(operation, context);
  if (kind == "create_foreign_key" || kind == "create_check_constraint" || kind == "CheckConstraint") return kCheck;
  const bool unique = kind == "create_unique_constraint" || kind == "UniqueConstraint";
  const bool exclusion = kind == "create_exclude_constraint" || kind == "ExclusionConstraint";
  return unique || exclusion ? std::optional(kUnique) : std::nullopt;
}

std::string message_for(const MigrationOperation& operation, int variant) {
  if (variant == kUnique) {
    return fmt::format(
        "`{}` builds its index while nobody may use the table: create a unique index concurrently, then "
        "add the constraint with it",
        operation.name);
  }
  return fmt::format(
      "`{}` checks all rows while the table is locked: add the constraint `NOT VALID`, then validate it in "
      "another transaction",
      operation.name);
}

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || is_for_other_database(call, context) || is_put_off(call)) return;
  const auto variant = variant_of(*operation, context);
  if (!variant) return;
  Report& report = context.report(constraint_validated_under_lock, call, message_for(*operation, *variant));
  report.span = call.child(Field::function).span();
  report.variant = *variant;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const auto operation = migration_operation(call.node, context);
  if (!operation || operation->tool != MigrationTool::alembic || report.variant != kCheck) return {};
  if (argument(call.node, "postgresql_not_valid")) return {};
  return {{fixes::make_fix("Add it `NOT VALID`, to be validated later", fixes::Applicability::unsafe,
                           {fixes::add_argument(context.file(), call, "postgresql_not_valid=True")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule index_not_concurrent;
const Rule index_not_concurrent{
    .code = "MIG102",
    .name = "index-not-concurrent",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_migration_operation,
    .confirm = changes_existing_table,
};

namespace {

// What makes the index: "`op.create_index`", "`AddIndex`"; empty when the operation makes none that blocks.
std::string_view way_of(const MigrationOperation& operation, Context& context) {
  if (operation.is("create_index", "AddIndex")) {
    const Node concurrently = argument(operation.call, "postgresql_concurrently");
    const bool blocks = !concurrently || concurrently.is(Kind::false_) || concurrently.is(Kind::none);
    return blocks && !has_double_splat(operation.call) ? operation.name : std::string_view();
  }
  if (!operation.is("add_column", "AddField")) return {};
  const Node column = column_of(operation, context);
  const bool alembic = operation.tool == MigrationTool::alembic;
  if (!column || name_in(alembic ? "sqlalchemy" : "django.", column, context).empty()) return {};
  const std::string_view keyword = alembic ? "index" : "db_index";
  return argument(column, keyword).is(Kind::true_) ? keyword : std::string_view();
}

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || is_for_other_database(call, context)) return;
  const std::string_view way = way_of(*operation, context);
  if (way.empty()) return;
  const bool alembic = operation->tool == MigrationTool::alembic;
  context
      .report(
          index_not_concurrent, call,
          fmt::format("`{}` blocks all writes to the table while PostgreSQL builds the index: use {}", way,
                      alembic ? "`postgresql_concurrently=True` in an `autocommit_block`" : "`AddIndexConcurrently`"))
      .span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

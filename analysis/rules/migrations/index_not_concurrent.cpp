#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/autocommit.hpp"
#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

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
    .fix = fix,
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
  // Whether a field that is altered had its index before does not show.
  const bool altered = context.strict() && operation.name == "AlterField";
  if (!operation.is("add_column", "AddField") && !altered) return {};
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

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const auto operation = migration_operation(call.node, context);
  if (!operation || operation->tool != MigrationTool::alembic || operation->name != "create_index") return {};
  auto edits = put_in_autocommit_block(*operation, context);
  if (edits.empty()) return {{}, "its lines cannot be moved"};
  const Node given = argument(call.node, "postgresql_concurrently");
  text::TextEdit added = given ? fixes::replace(context.file(), context.place(given), "True")
                               : fixes::add_argument(context.file(), call, "postgresql_concurrently=True");
  const std::size_t line = added.content.rfind('\n');
  if (line != std::string::npos) added.content.insert(line + 1, "    ");  // as its lines are moved
  edits.push_back(std::move(added));
  return {{fixes::make_fix("Build it concurrently, in an `autocommit_block`", fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <array>

#include "analysis/rules/migration_sql.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule schema_and_data_mixed;
const Rule schema_and_data_mixed{
    .code = "MIG110",
    .name = "schema-and-data-mixed",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.is_written({"execute"}) || may_be_migration_operation(callee); },
    .confirm = confirm,
};

namespace {

bool is_data_operation(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (operation && operation->name == "RunPython") {
    const Node code = argument(call, "code", 0);
    return code && !code.text().ends_with("noop");
  }
  if (operation && operation->name == "bulk_insert") return true;
  const Node statement = executed_by(call, context);
  if (!statement) return false;
  if (!statement.is(Kind::call)) return changes_rows(statement_of_sql(statement));
  const std::string_view text = statement.text();
  return text.find("update(") != std::string_view::npos || text.find("insert(") != std::string_view::npos ||
         text.find("delete(") != std::string_view::npos;
}

bool is_schema_operation(const MigrationOperation& operation) {
  static constexpr std::array<std::string_view, 13> kOthers = {"RunPython",
                                                               "RunSQL",
                                                               "SeparateDatabaseAndState",
                                                               "AlterModelOptions",
                                                               "AlterModelManagers",
                                                               "execute",
                                                               "get_bind",
                                                               "get_context",
                                                               "bulk_insert",
                                                               "f",
                                                               "batch_alter_table",
                                                               "invoke",
                                                               "inline_literal"};
  static constexpr std::array<std::string_view, 6> kClasses = {"Migration",    "swappable_dependency", "CreateModel",
                                                               "create_table", "run_before",           "Extension"};
  const bool django = operation.tool == MigrationTool::django;
  const bool comment = operation.name.ends_with("comment") || operation.name.ends_with("Extension");
  return !contains(kOthers, operation.name) && !contains(kClasses, operation.name) && !comment &&
         (!django || (operation.name.front() >= 'A' && operation.name.front() <= 'Z'));
}

void check(Node call, Context& context) {
  if (!is_data_operation(call, context)) return;
  context
      .report(schema_and_data_mixed, call,
              "This migration changes the schema and the rows: the locks of the schema are held while the rows are "
              "written. Make two migrations of it")
      .span = call.child(Field::function).span();
}

// Rows of a table that the file makes.
bool seeds_new_table(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  const bool inserts = operation && operation->name == "bulk_insert";
  const std::string statement = statement_of_sql(executed_by(call, context));
  const std::string table(changed_table(statement));
  bool found = false;
  for_each_operation(context, [&](const MigrationOperation& made, Context& inside) {
    if (made.tool != MigrationTool::alembic || made.name != "create_table") return;
    const auto name = semantics::literal_string(table_of(made, inside));
    found = found || inserts || table.empty() || !name || table.find(*name) != std::string::npos;
  });
  return found;
}

// True when an operation changes a table that is there already.
bool changes_schema(Context& context) {
  bool found = false;
  for_each_operation(context, [&](const MigrationOperation& operation, Context& inside) {
    if (found || !is_schema_operation(operation) || !runs_on_upgrade(operation.call, inside)) return;
    found = !makes_table(table_of(operation, inside), inside);
  });
  return found;
}

bool is_first(std::size_t unit, Node call, Context& context) {
  bool earlier = false;
  for_each_unit(context, [&](Node root, Context& inside) {
    if (earlier || inside.unit_number() > unit) return;
    const std::uint32_t end = inside.unit_number() == unit ? call.index() : root.after();
    for (std::uint32_t i = root.index(); i < end && !earlier; ++i) {
      const Node node = root.ast().node(i);
      earlier = node.is(Kind::call) && is_data_operation(node, inside) && !seeds_new_table(node, inside) &&
                runs_on_upgrade(node, inside);
    }
  });
  return !earlier;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  return runs_on_upgrade(call, context) && !seeds_new_table(call, context) && changes_schema(context) &&
         is_first(context.unit_number(), call, context);
}

}  // namespace
}  // namespace surefoot::rules

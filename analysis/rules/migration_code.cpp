#include "analysis/rules/migration_code.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

constexpr std::string_view kBatch = "alembic.operations.BatchOperations.";
constexpr std::string_view kOp = "alembic.op.";

std::optional<MigrationTool> tool_of(std::string_view name) {
  if (name.starts_with(kOp) || name.starts_with(kBatch)) return MigrationTool::alembic;
  const bool django =
      name.starts_with("django.db.migrations.") || name.starts_with("django.contrib.postgres.operations.");
  return django ? std::optional(MigrationTool::django) : std::nullopt;
}

bool is_revision(Context& context) {
  const semantics::ModuleIndex& module = context.module();
  return module.find("revision") != nullptr && module.find("down_revision") != nullptr;
}

Node outermost_function(Node node, Context& context) {
  Node function = context.enclosing_function(node);
  while (const Node outer = context.enclosing_function(function)) function = outer;
  return function;
}

bool goes_back(std::string_view name) {
  return has_word(name,
                  {"downgrade", "reverse", "revert", "rollback", "undo", "backward", "backwards", "down", "restore"});
}

// `SeparateDatabaseAndState(state_operations=[…])`
bool changes_state_only(Node call) {
  for (Node outer = call.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::keyword_argument) && outer.child(Field::name).text() == "state_operations") return true;
  }
  return false;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

bool may_be_migration_operation(const Callee& callee) {
  return callee.of == Callee::Of::library && tool_of(callee.name).has_value();
}

std::optional<MigrationOperation> migration_operation(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return std::nullopt;
  const auto tool = tool_of(callee->name);
  if (!tool) return std::nullopt;
  const MigrationOperation found{*tool, semantics::last_part(callee->name), call, callee->name.starts_with(kBatch)};
  if (*tool == MigrationTool::django) return changes_state_only(call) ? std::nullopt : std::optional(found);
  return is_in_revision(call, context) ? std::optional(found) : std::nullopt;
}

bool is_in_revision(Node node, Context& context) {
  const Node function = outermost_function(node, context);
  if (!function.is(Kind::function_definition) || !is_revision(context)) return false;
  return !goes_back(function.child(Field::name).text());
}

namespace {

// The call of `with op.batch_alter_table(…) as batch:` that the operation is one of.
Node batch_of(Node call) {
  const Node receiver = call.child(Field::function).child(Field::object);
  const Node item = receiver.is(Kind::identifier) ? item_that_binds(receiver.text(), call) : Node();
  const Node manager = item ? manager_of(item) : Node();
  return manager.is(Kind::call) ? manager : Node();
}

struct Place {
  std::string_view keyword;
  int position;
};

Place place_of_table(const MigrationOperation& operation) {
  static constexpr std::array<std::string_view, 7> kSecond = {
      "create_index",       "drop_index",      "create_check_constraint",  "create_unique_constraint",
      "create_primary_key", "drop_constraint", "create_exclude_constraint"};
  if (operation.tool == MigrationTool::django) {
    const bool model = operation.name.ends_with("Model");
    return {model ? "name" : "model_name", 0};
  }
  if (operation.name == "create_foreign_key") return {"source_table", 1};
  if (operation.name == "bulk_insert") return {"table", 0};
  return {"table_name", contains(kSecond, operation.name) ? 1 : 0};
}

}  // namespace

Node table_of(const MigrationOperation& operation, Context&) {
  if (operation.in_batch) {
    const Node batch = batch_of(operation.call);
    return batch ? argument(batch, "table_name", 0) : Node();
  }
  const Place place = place_of_table(operation);
  return argument(operation.call, place.keyword, place.position);
}

bool runs_on_upgrade(Node node, Context& context) {
  const Node function = outermost_function(node, context);
  if (!function || !is_revision(context)) return true;
  return is_reached_from(function, Reach::calls_and_handovers, context, [](Node one, Context&) {
    return one.is(Kind::function_definition) && one.child(Field::name).text().starts_with("upgrade");
  });
}

namespace {

bool may_be_same(Node one, Node other) {
  if (!one || !other || one.text() == other.text()) return true;
  const auto left = semantics::literal_string(one), right = semantics::literal_string(other);
  if (!left || !right) return true;
  return lower(*left) == lower(*right);
}

// SQL in a string of the file that makes the table.
bool makes_in_sql(Node root, std::string_view table) {
  for (std::uint32_t i = root.index(); i < root.after(); ++i) {
    const Node node = root.ast().node(i);
    if (!node.is(Kind::string)) continue;
    const std::string sql = lower(node.text());
    if (sql.find("create table") != std::string::npos && sql.find(table) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

void for_each_operation(Context& context,
                        const std::function<void(const MigrationOperation& operation, Context& inside)>& visit) {
  for_each_unit(context, [&](Node root, Context& inside) {
    if (!root.ast().has(Kind::call)) return;
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::call)) continue;
      if (const auto operation = migration_operation(node, inside)) visit(*operation, inside);
    }
  });
}

bool makes_table(Node table, Context& context) {
  bool found = false;
  for_each_operation(context, [&](const MigrationOperation& operation, Context& inside) {
    if (operation.is("create_table", "CreateModel")) found = found || may_be_same(table_of(operation, inside), table);
  });
  const auto name = semantics::literal_string(table);
  if (found || !name || name->empty()) return found;
  for (const std::string_view word : {"execute", "RunSQL"}) {
    found =
        found || any_unit_with(word, context, [&](Node root, Context&) { return makes_in_sql(root, lower(*name)); });
  }
  return found;
}

bool is_for_other_database(Node node, Context& context) {
  static const semantics::ModuleNames kOthers = {"sqlalchemy.dialects.mysql", "sqlalchemy.dialects.sqlite",
                                                 "sqlalchemy.dialects.oracle", "sqlalchemy.dialects.mssql"};
  static const semantics::ModuleNames kOwn = {"sqlalchemy.dialects.postgresql"};
  if (context.module().imports_any(kOthers) && !context.module().imports_any(kOwn)) return true;
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (!outer.is(Kind::if_statement) && !outer.is(Kind::elif_clause)) continue;
    const std::string condition = lower(outer.child(Field::condition).text());
    const bool other = condition.find("sqlite") != std::string::npos || condition.find("mysql") != std::string::npos ||
                       condition.find("oracle") != std::string::npos || condition.find("mssql") != std::string::npos;
    const bool own = condition.find("postgres") != std::string::npos;
    const bool negated = condition.find("!=") != std::string::npos || condition.starts_with("not ");
    const bool holds = child.field() == Field::consequence;
    if (other && holds != negated) return true;
    if (own && !other && holds == negated) return true;
  }
  return false;
}

bool changes_existing_table(const Report& report, Context& context) {
  const auto operation = migration_operation(context.unit().unit->ast.node(report.node), context);
  if (!operation || !runs_on_upgrade(operation->call, context)) return false;
  return !makes_table(table_of(*operation, context), context);
}

Node column_of(const MigrationOperation& operation, Context& context) {
  const bool alembic = operation.tool == MigrationTool::alembic;
  const int position = alembic ? (operation.in_batch ? 0 : 1) : 2;
  Node column = without_parentheses(argument(operation.call, alembic ? "column" : "field", position));
  if (column.is(Kind::identifier)) column = only_value_of(column, context);
  return column.is(Kind::call) ? column : Node();
}

std::string_view name_in(std::string_view package, Node expression, Context& context) {
  const Node name = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  const Type* type = name ? semantics::only(context.type_of(name)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::object || !type->name.starts_with(package)) return {};
  return semantics::last_part(type->name);
}

}  // namespace surefoot::rules

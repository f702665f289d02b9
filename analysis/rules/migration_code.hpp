#pragma once
// What a migration does: the operations of an Alembic revision and of a Django migration. Only what runs when the
// migration is applied, on PostgreSQL as far as the code says.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class MigrationTool : std::uint8_t { alembic, django };

/// A call of `op`, of a `batch_alter_table` block, or of a class of `django.db.migrations`.
struct MigrationOperation {
  MigrationTool tool = MigrationTool::alembic;
  std::string_view name;  // "add_column", "AddField"
  Node call;
  bool in_batch = false;  // of a `batch_alter_table`

  bool is(std::string_view alembic, std::string_view django) const {
    return name == (tool == MigrationTool::alembic ? alembic : django);
  }
  /// An argument of an Alembic operation, counted without the name of the table where a batch knows it.
  Node given(std::string_view keyword, int position) const { return argument(call, keyword, position); }
};

/// True when a call of it may be an operation (Rule::concerns).
bool may_be_migration_operation(const Callee& callee);

/// The operation that a call is. Nothing for other calls, for those in code that goes back by its name (`downgrade`),
/// for what only changes Django's state, and in files that are no migrations.
std::optional<MigrationOperation> migration_operation(Node call, Context& context);

/// The expression that names the operation's table or model; null when it is not seen.
Node table_of(const MigrationOperation& operation, Context& context);

/// True in the functions of an Alembic revision, but for those that go back by their names.
bool is_in_revision(Node node, Context& context);

/// False in a helper of a revision that `upgrade` does not reach. Reads other units: for Rule::confirm.
bool runs_on_upgrade(Node node, Context& context);

/// True when the file makes the table itself, so that it is empty and nobody else has it yet. Unknown names count as
/// any table. Reads other units: for Rule::confirm.
bool makes_table(Node table, Context& context);

/// True when the code says that it runs on another database than PostgreSQL: by what it imports, and by the conditions
/// round the node.
bool is_for_other_database(Node node, Context& context);

/// What Rule::confirm of most rules about one operation asks: it runs on upgrade, and on a table that is there already.
bool changes_existing_table(const Report& report, Context& context);

/// Calls `visit(operation, inside)` for each operation of the file, in the order of the text. Reads other units: for
/// Rule::confirm.
void for_each_operation(Context& context,
                        const std::function<void(const MigrationOperation& operation, Context& inside)>& visit);

/// The `Column(…)` that an Alembic `add_column` is given, or the field that a Django operation is; null when it does
/// not show.
Node column_of(const MigrationOperation& operation, Context& context);

/// The last part of the name of what an expression calls or names, when that is a library's of this package: "String"
/// for `sa.String(50)` and "sqlalchemy". Empty for all else.
std::string_view name_in(std::string_view package, Node expression, Context& context);

}  // namespace surefoot::rules

#pragma once
// SQL in migrations, as far as its words tell.

#include <string>
#include <string_view>

#include "analysis/rules/migration_code.hpp"

namespace surefoot::rules {

/// The expression with the SQL that an operation runs as it stands: `op.execute("…")`, `op.execute(sa.text("…"))`,
/// `RunSQL("…")`, `RunSQL(["…"])`. Null for other operations.
Node sql_of(const MigrationOperation& operation);

/// The SQL, or the statement made of a table (`table.update()`), that a call runs in a migration: an operation's, and
/// what the connection of an Alembic revision executes. Null for other calls.
Node executed_by(Node call, Context& context);

/// The text of a string literal, also of an f-string, in lower case with single spaces between its words and one at
/// each end. Empty for other expressions.
std::string statement_of_sql(Node expression);

/// `INSERT`, `UPDATE`, `DELETE`, `COPY`, `MERGE`: changes rows.
bool changes_rows(std::string_view statement);

/// An `UPDATE` of all rows of a table at once: with no `WHERE`, with one that asks for nulls alone, or with one that
/// only joins another table.
bool updates_whole_table(std::string_view statement);

/// The table that an `INSERT`, `UPDATE` or `DELETE` changes, as it is written; empty for other statements.
std::string_view changed_table(std::string_view statement);

}  // namespace surefoot::rules

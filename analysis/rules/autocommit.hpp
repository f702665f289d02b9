#pragma once
// Taking an operation of Alembic out of the transaction of its migration.

#include "analysis/rules/migration_code.hpp"

namespace surefoot::rules {

/// The edits that put `with op.get_context().autocommit_block():` round the statement of a call of `op`. None where the
/// statement is not the call alone, on lines of its own.
std::vector<text::TextEdit> put_in_autocommit_block(const MigrationOperation& operation, Context& context);

}  // namespace surefoot::rules

#pragma once
// Statements that the grammar reads across the end of a line though nothing keeps the line open: behind a dot or an
// operator it takes white space of any kind, so `x.` swallows the statement on the next line.

#include <optional>

#include "analysis/syntax/ast.hpp"

namespace surefoot::syntax {

/// The offset (of the unit) of a logical line that starts inside of a statement; nothing when each line starts one.
std::optional<std::uint32_t> find_joined_line(const Ast& ast);

}  // namespace surefoot::syntax

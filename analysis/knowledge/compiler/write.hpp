#pragma once
// Records to C++ source.

#include <ostream>

#include "analysis/knowledge/compiler/records.hpp"

namespace surefoot::knowledge::compiler {

/// Writes a source file that defines `embedded_rows()` (rows.hpp). `knowledge` has passed `check`. False when there is
/// more than the rows' 16-bit indexes can hold; what was written is then of no use.
bool write(const Knowledge& knowledge, std::ostream& out);

}  // namespace surefoot::knowledge::compiler

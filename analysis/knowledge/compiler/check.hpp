#pragma once
// What only all files together can tell: names given twice, aliases that clash or need each other, types, base classes.

#include <vector>

#include "analysis/knowledge/compiler/records.hpp"

namespace surefoot::knowledge::compiler {

/// Adds what is wrong to `problems` and brings `knowledge` into its final form: lists sorted by name, aliases closed
/// under each other, names in types and bases canonical, the constructor of a class returning the class.
void check(Knowledge& knowledge, std::vector<Problem>& problems);

}  // namespace surefoot::knowledge::compiler

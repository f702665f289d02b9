#pragma once
// TOML text to records. What one file can tell alone is checked here: keys, value types, vocabularies, name grammar.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/compiler/records.hpp"

namespace surefoot::knowledge::compiler {

/// Adds what the file says to `knowledge` and what is wrong with it to `problems`. `file` is the name for messages.
void read(std::string_view file, std::string_view toml, Knowledge& knowledge, std::vector<Problem>& problems);

}  // namespace surefoot::knowledge::compiler

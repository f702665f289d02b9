#pragma once

#include <string_view>

namespace surefoot::engine {

/// False for a file in which no rule can find anything, by its bytes alone: it runs no code but imports and assignments
/// of literals, has no comment for linters, and none of the settings that rules look at. To check it nobody need parse
/// it; what its names mean others may ask all the same.
bool may_have_findings(std::string_view text);

}  // namespace surefoot::engine

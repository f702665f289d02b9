#pragma once
// What names functions of the project (FunctionKey), and where those stand that are named.

#include <cstdint>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// The key of a function of the project.
FunctionKey key_of(const semantics::UnitModel& unit, const semantics::Function& function,
                   const semantics::Resolver& resolver);

/// By the units of the module: true for those that hold a function of one of these paths (FunctionKey::path). True for
/// all when some path is that of no function, as those of lambdas are.
std::vector<bool> units_holding(const Module& module, const std::vector<std::uint64_t>& paths);

}  // namespace surefoot::project

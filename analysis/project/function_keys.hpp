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

/// Of the facts of a unit those of the function or lambda whose body holds the node, else of the code outside them;
/// null when the function is not among them.
FunctionFacts* facts_around(std::vector<FunctionFacts>& all, syntax::Node node);

/// By the units of the module: true for those that hold a function of one of these paths (FunctionKey::path). True for
/// all when some path is that of no function, as those of lambdas are.
std::vector<bool> units_holding(const Module& module, const std::vector<std::uint64_t>& paths);

}  // namespace surefoot::project

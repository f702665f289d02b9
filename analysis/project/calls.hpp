#pragma once
// Which functions of the project the functions of a unit run, where the types tell.

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// The key of a function of the project.
FunctionKey key_of(const semantics::UnitModel& unit, const semantics::Function& function,
                   const semantics::Resolver& resolver);

/// The facts of a unit with the calls filled in: one entry for each of its functions in the order of the text, and a
/// last one for the code outside them, which nobody can call.
std::vector<FunctionFacts> facts_with_calls(const semantics::UnitModel& unit, semantics::Resolver& resolver);

}  // namespace surefoot::project

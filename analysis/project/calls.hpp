#pragma once
// Which functions of the project the functions of a unit run, where the types tell.

#include <cstdint>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/project/function_keys.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// Which calls facts have: those that effects rise through, or those of coroutines and asynchronous generators, too.
enum class Callees : std::uint8_t { plain, all };

/// The facts of a unit with the calls filled in: one entry for each of its functions in the order of the text, and a
/// last one for the code outside them, which nobody can call.
std::vector<FunctionFacts> facts_with_calls(const semantics::UnitModel& unit, semantics::Resolver& resolver,
                                            Callees callees = Callees::plain);

/// The last of these alone.
FunctionFacts facts_at_import(const semantics::UnitModel& unit, semantics::Resolver& resolver);

}  // namespace surefoot::project

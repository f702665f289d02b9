#pragma once
// Calls of one of several functions, as dicts and lists of functions make them: `HANDLERS[kind]()`, `for step in
// STEPS`. Internal to project/.

#include <optional>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// The functions that the call may run, one for each member of the type of its callee. Empty when the type has less
/// than two, or one of which it is not known what calling it runs.
std::vector<FunctionKey> choices_of(const semantics::TypeSet& callees, semantics::Resolver& resolver);

/// True for a call of a loop's variable that the loop makes at each step, so that it runs all that is in what it goes
/// through.
bool is_made_for_each(syntax::Node call);

/// The key of a lambda: by the function that it stands in and its text, since equal ones do the same there.
FunctionKey lambda_key(const semantics::UnitModel& unit, syntax::Node lambda, const semantics::Resolver& resolver);

}  // namespace surefoot::project

#pragma once
// What stands behind the `@` of functions and classes. One thread at a time, as the resolver.

#include "analysis/knowledge/tables.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::semantics {

/// What the decorator is; of `@router.get("/")`, `router.get`. Null when that is not known, or one of several. The
/// resolver keeps it.
const Type* type_of_decorator(const UnitModel& unit, TermId decorator, Resolver& resolver);

/// What the tables say of it; null when nothing.
const knowledge::Decorator* facts_of_decorator(const UnitModel& unit, TermId decorator, Resolver& resolver);

}  // namespace surefoot::semantics

#include "analysis/semantics/decorators.hpp"

#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

const Type* type_of_decorator(const UnitModel& unit, TermId decorator, Resolver& resolver) {
  const Term& term = unit.terms[decorator];
  return only(resolver.type_of(unit, term.op == Op::call ? term.a : decorator));
}

const knowledge::Decorator* facts_of_decorator(const UnitModel& unit, TermId decorator, Resolver& resolver) {
  const Type* type = type_of_decorator(unit, decorator, resolver);
  return type == nullptr ? nullptr : knowledge::find_decorator(type->name);
}

}  // namespace surefoot::semantics

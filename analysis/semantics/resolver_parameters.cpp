// What a parameter may be: what its annotation or default says, else what its framework or the callers in its own file
// hand to it.

#include <utility>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;
using Tag = Type::Tag;

namespace {

/// A parameter of a function, and its place among those that calls name.
struct Slot {
  const UnitModel& unit;
  const Function* function = nullptr;
  const Parameter* parameter = nullptr;
  std::size_t position = 0;  // `self` and `cls` are not counted
};

bool is_static(const UnitModel& unit, const Function& function) {
  for (const TermId decorator : function.decorators) {
    if (unit.terms[decorator].name == "staticmethod") return true;
  }
  return false;
}

// The parameter at `node`; no function when calls do not name it.
Slot slot_at(const UnitModel& unit, std::uint32_t node) {
  Slot slot{unit};
  Node outer = unit.unit->ast.node(node).parent();
  while (outer && !outer.is(Kind::function_definition)) outer = outer.parent();
  const Function* function = outer ? unit.function_at(outer.index()) : nullptr;
  if (function == nullptr) return slot;
  const std::size_t bound = function->container.empty() || is_static(unit, *function) ? 0 : 1;
  for (std::size_t i = bound; i < function->parameters.size(); ++i) {
    if (function->parameters[i].node != node) continue;
    slot.function = function;
    slot.parameter = &function->parameters[i];
    slot.position = i - bound;
  }
  return slot;
}

// Home Assistant's components are handed this one object under this one name everywhere.
bool is_hass(const Slot& slot, Resolver& resolver) {
  return slot.parameter->name == "hass" && resolver.module_of(slot.unit).imports("homeassistant");
}

bool is_call_of(Node call, const UnitModel& unit, const Slot& slot, Resolver& resolver) {
  const Node function = call.child(Field::function);
  const Type* callee = only(resolver.type_of(unit, function));
  if (callee == nullptr || callee->tag != Tag::object) return false;
  if (callee->function != nullptr) return callee->function == slot.function;
  const ModuleIndex& module = resolver.module_of(slot.unit);
  return slot.function->name == "__init__" && callee->name == module.name() + "." + slot.function->container;
}

enum class Given : std::uint8_t { value, nothing, unknown };

// What the call hands to the parameter: an argument, its default, or what cannot be told.
Given argument_for(const Slot& slot, Node call, Node& value) {
  std::size_t here = 0;
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::list_splat) || argument.is(Kind::dictionary_splat)) return Given::unknown;
    const bool named = argument.is(Kind::keyword_argument);
    const bool meant = named ? argument.child(Field::name).text() == slot.parameter->name
                             : here++ == slot.position && slot.parameter->kind == Parameter::Kind::normal;
    if (!meant) continue;
    value = named ? argument.child(Field::value) : argument;
    return Given::value;
  }
  return Given::nothing;
}

// True for an instance of a class that is no builtin: those are of use to nobody who asks what a call does.
bool tells(const Type* type) {
  return type != nullptr && type->tag == Tag::instance && type->name.find('.') != std::string_view::npos;
}

// The types agree when they are those of one class; what they hold counts when all hold the same.
bool merge(TypeSet& into, const Type& type) {
  if (into.empty()) {
    into.push_back(type);
    return true;
  }
  Type& known = into.front();
  if (known.name != type.name) return false;
  known.assumed = known.assumed || type.assumed;
  if (known.arguments != type.arguments) known.arguments = nullptr;
  return true;
}

// True when the call is none of the function, or hands it something that agrees with what others do.
bool takes(const Handing& handing, const UnitModel& unit, const Slot& slot, Resolver& resolver, TypeSet& result) {
  const Node call = unit.unit->ast.node(handing.call);
  if (!is_call_of(call, unit, slot, resolver)) return true;
  Node value;
  const Given given = argument_for(slot, call, value);
  if (given == Given::nothing) return true;
  const Type* type = given == Given::value ? only(resolver.type_of(unit, value)) : nullptr;
  return tells(type) && merge(result, *type);
}

// The type that all calls in the function's own file hand to it; nothing where one of them is not known.
TypeSet given_by_callers(const Slot& slot, std::string_view called, Resolver& resolver) {
  TypeSet result;
  const std::uint64_t name = NameFilter::hash(called);
  const ModuleIndex& module = resolver.module_of(slot.unit);
  for (const std::uint32_t number : resolver.units_with(module, name)) {
    const UnitModel& unit = *module.units()[number];
    for (const Handing& handing : unit.handings) {
      if (handing.to == parameters_of(name) && !takes(handing, unit, slot, resolver, result)) return {};
    }
  }
  return result;
}

}  // namespace

// `@bot.command() async def ban(ctx): …`: what registers the function says what it is called with.
TypeSet Resolver::given_by_framework(const UnitModel& unit, const Function& function, std::size_t position) {
  for (const TermId decorator : function.decorators) {
    const knowledge::Decorator* known = decorator_at(unit, decorator);
    if (known == nullptr || known->parameters.empty()) continue;
    TypeSet value = element(parse_type(known->parameters), position);
    return value.size() == 1 && value.front().is_instance("object") ? TypeSet() : value;
  }
  return {};
}

// Nothing is recorded: who depends on the callers is found by what units hand over (engine/changes.hpp).
TypeSet Resolver::parameter(const UnitModel& unit, const Term& term) {
  if (term.a != kUnknown) return instances(type_of(unit, term.a));
  if (term.name.empty()) {
    TypeSet value = type_of(unit, term.b);
    return only(value) != nullptr ? value : TypeSet();
  }
  Reads unrecorded;
  const Reads::Recording pause(unrecorded);
  const Slot slot = slot_at(unit, term.node);
  if (slot.function == nullptr) return {};
  if (is_hass(slot, *this)) return parse_type("homeassistant.core.HomeAssistant");
  if (TypeSet given = given_by_framework(unit, *slot.function, slot.position); !given.empty()) return given;
  const std::size_t outer = callers_from_;
  callers_from_ = under_way_.size();
  TypeSet given = given_by_callers(slot, term.name, *this);
  callers_from_ = outer;
  return given;
}

}  // namespace surefoot::semantics

// What a parameter may be: what its annotation or default says, else what its framework or the callers in its own file
// hand to it.

#include <algorithm>
#include <utility>

#include "analysis/semantics/decorators.hpp"
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
bool takes(Node call, const UnitModel& unit, const Slot& slot, Resolver& resolver, TypeSet& result) {
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
  for (const auto& [unit, call] : resolver.calls_handing(resolver.module_of(slot.unit), called)) {
    if (!takes(unit->unit->ast.node(call), *unit, slot, resolver, result)) return {};
  }
  return result;
}

}  // namespace

// Whoever goes on to a call reads its unit; those without one are not read.
const std::vector<std::pair<const UnitModel*, std::uint32_t>>& Resolver::calls_handing(const ModuleIndex& module,
                                                                                       std::string_view name) {
  const auto [found, is_new] = handing_.try_emplace({&module, name});
  if (!is_new) return found->second;
  for (const std::uint32_t number : units_with(module, NameFilter::hash(name))) {
    const UnitModel& unit = *module.units()[number];
    for (const HandedCall& one : unit.handed) {
      if (one.to == name) found->second.emplace_back(&unit, one.call);
    }
  }
  return found->second;
}

// What is put into a list or dict; of a decorator that puts its function there, all functions below it.
TypeSet Resolver::filling(const TermRef& fill) {
  const Term& term = fill.unit->terms[fill.term];
  TypeSet value = value_of(fill);
  return term.op == Op::parameter && says_little(value) ? registered_functions(*fill.unit, term) : value;
}

TypeSet Resolver::registered_functions(const UnitModel& unit, const Term& parameter) {
  const Slot slot = slot_at(unit, parameter.node);
  if (slot.function == nullptr || slot.position != 0) return {};
  const std::string_view path = slot.function->path;
  const std::string_view decorator = last_part(path.substr(0, path.find(".<locals>")));
  const ModuleIndex& module = module_of(unit);
  TypeSet result;
  for (const auto& other : module.units()) {
    if (!other->names.may_have(decorator)) continue;
    for (std::uint32_t i = 0; i < other->functions.size(); ++i) {
      const Function& function = other->functions[i];
      const auto stands = [&](TermId id) { return is_given_to(*other, id, {&unit, slot.function}); };
      if (std::none_of(function.decorators.begin(), function.decorators.end(), stands)) continue;
      Type type = make(Tag::object, intern(module.name() + "." + function.path));
      type.unit = other.get();
      type.function = &function;
      if (!unite(result, {type})) return {};
    }
  }
  return result;
}

// True when what stands below the decorator is given to the function: `@taker`, or `@maker(…)` that returns it.
bool Resolver::is_given_to(const UnitModel& unit, TermId decorator, const FunctionRef& taker) {
  const Term& term = unit.terms[decorator];
  const Type* type = type_of_decorator(unit, decorator, *this);
  if (type == nullptr || type->function == nullptr) return false;
  if (term.op != Op::call) return type->function == taker.function;
  const std::vector<FunctionRef> made = returned_functions({type->unit, type->function});
  return made.size() == 1 && made.front().function == taker.function;
}

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

// What a parameter may be: what its annotation or default says, else what its framework or the callers in its own file
// hand to it.

#include <array>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/shape.hpp"
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

struct Given {
  std::string_view decorator;
  std::string_view type;
};

// What frameworks hand to the functions they call, as their first argument (discord.py, "Commands" and "Interactions").
std::string_view first_argument_by(std::string_view decorator) {
  static constexpr std::array<Given, 6> kGiven = {
      {{"discord.ext.commands.Bot.command", "discord.ext.commands.Context"},
       {"discord.ext.commands.Bot.hybrid_command", "discord.ext.commands.Context"},
       {"discord.ext.commands.command", "discord.ext.commands.Context"},
       {"discord.ext.commands.hybrid_command", "discord.ext.commands.Context"},
       {"discord.app_commands.command", "discord.Interaction"},
       {"discord.app_commands.CommandTree.command", "discord.Interaction"}}};
  for (const Given& one : kGiven) {
    if (one.decorator == decorator) return one.type;
  }
  return {};
}

std::string_view given_by_framework(const Slot& slot, Resolver& resolver) {
  // Home Assistant's components are handed this one object under this one name everywhere.
  if (slot.parameter->name == "hass" && resolver.module_of(slot.unit).imports("homeassistant")) {
    return "homeassistant.core.HomeAssistant";
  }
  if (slot.position != 0) return {};
  for (const TermId decorator : slot.function->decorators) {
    const Term& term = slot.unit.terms[decorator];
    const Type* type = only(resolver.type_of(slot.unit, term.op == Op::call ? term.a : decorator));
    const std::string_view given = type == nullptr ? std::string_view() : first_argument_by(type->name);
    if (!given.empty()) return given;
  }
  return {};
}

// The name by which calls run the function: its class's for a constructor.
std::string_view called_name(const Function& function) {
  if (function.name != "__init__" || function.container.empty()) return function.name;
  return last_part(function.container);
}

bool is_call_of(Node call, const UnitModel& unit, const Slot& slot, Resolver& resolver) {
  const Node function = call.child(Field::function);
  const Type* callee = only(resolver.type_of(unit, function));
  if (callee == nullptr || callee->tag != Tag::object) return false;
  if (callee->function != nullptr) return callee->function == slot.function;
  const ModuleIndex& module = resolver.module_of(slot.unit);
  return slot.function->name == "__init__" && callee->name == module.name() + "." + slot.function->container;
}

enum class Handed : std::uint8_t { value, nothing, unknown };

// What the call hands to the parameter: an argument, its default, or what cannot be told.
Handed handed_to(const Slot& slot, Node call, Node& value) {
  std::size_t here = 0;
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::list_splat) || argument.is(Kind::dictionary_splat)) return Handed::unknown;
    const bool named = argument.is(Kind::keyword_argument);
    const bool meant = named ? argument.child(Field::name).text() == slot.parameter->name
                             : here++ == slot.position && slot.parameter->kind == Parameter::Kind::normal;
    if (!meant) continue;
    value = named ? argument.child(Field::value) : argument;
    return Handed::value;
  }
  return Handed::nothing;
}

// True for an instance of a class that is no builtin: those are of use to nobody who asks what a call does.
bool tells(const Type* type) {
  return type != nullptr && type->tag == Tag::instance && type->name.find('.') != std::string_view::npos;
}

// Calls `visit` for each call in the function's own file that runs it, as long as it gives true.
template <class Visit>
void for_each_call_of(const Slot& slot, Resolver& resolver, Visit visit) {
  const std::string_view name = called_name(*slot.function);
  for (const auto& unit : resolver.module_of(slot.unit).units()) {
    if (!unit->names.may_have(name)) continue;
    const syntax::Ast& ast = unit->unit->ast;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      const Node call = ast.node(i);
      if (!call.is(Kind::call)) continue;
      const Node function = call.child(Field::function);
      const Node named = function.is(Kind::attribute) ? function.child(Field::attribute) : function;
      if (named.text() != name || !is_handing_call(*unit, call) || !is_call_of(call, *unit, slot, resolver)) continue;
      if (!visit(*unit, call)) return;
    }
  }
}

// The type that all calls in the function's own file hand to it; nothing where one of them is not known.
TypeSet given_by_callers(const Slot& slot, Resolver& resolver) {
  TypeSet result;
  for_each_call_of(slot, resolver, [&](const UnitModel& unit, Node call) {
    Node value;
    const Handed handed = handed_to(slot, call, value);
    if (handed == Handed::nothing) return true;
    const Type* type = handed == Handed::value ? only(resolver.type_of(unit, value)) : nullptr;
    const bool agrees = tells(type) && (result.empty() || result.front().name == type->name);
    result = agrees ? TypeSet{*type} : TypeSet();
    return agrees;
  });
  return result;
}

}  // namespace

TypeSet Resolver::parameter(const UnitModel& unit, const Term& term) {
  if (term.a != kUnknown) return instances(type_of(unit, term.a));
  TypeSet value = type_of(unit, term.b);
  if (only(value) != nullptr) return value;
  if (term.b != kUnknown && unit.terms[term.b].op != Op::none) return {};
  const Slot slot = term.node == kNoNode ? Slot{unit} : slot_at(unit, term.node);
  if (slot.function == nullptr) return {};
  const std::string_view given = given_by_framework(slot, *this);
  return given.empty() ? given_by_callers(slot, *this) : parse_type(given);
}

}  // namespace surefoot::semantics

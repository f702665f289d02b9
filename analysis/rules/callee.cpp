#include "analysis/rules/callee.hpp"

#include <algorithm>

#include "analysis/rules/handover.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

bool Callee::is_one_of(std::initializer_list<std::string_view> names) const {
  return of == Of::library && contains(names, name);
}

bool Callee::is_written(std::initializer_list<std::string_view> names) const { return contains(names, written); }

namespace {

bool is_configured(std::string_view name, const semantics::ProjectFacts& facts) {
  return contains(facts.blocking, name) || contains(facts.non_blocking, name) || contains(facts.offload, name) ||
         contains(facts.spawn, name);
}

}  // namespace

std::optional<Callee> callee_of(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const bool method = function.is(Kind::attribute);
  if (!method && !function.is(Kind::identifier)) return std::nullopt;
  Callee callee;
  callee.written = method ? function.child(Field::attribute).text() : function.text();
  callee.is_bridge = bridge_of(call, context) != nullptr;
  callee.is_spawner = spawner_of(call, context) != nullptr;
  const Type* type = context.callee(call);
  if (type == nullptr) return context.type_of(function).empty() ? std::optional(callee) : std::nullopt;
  if (type->tag != Type::Tag::object || type->module != nullptr) return std::nullopt;
  if (is_configured(type->name, context.facts())) return std::nullopt;
  callee.of = Callee::Of::project;
  if (type->function != nullptr || context.resolver().class_entry(type->name) != nullptr) return callee;
  callee.of = Callee::Of::library;
  callee.name = type->name;
  callee.facts = type->callable;
  return callee;
}

}  // namespace surefoot::rules

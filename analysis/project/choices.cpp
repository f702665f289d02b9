#include "analysis/project/choices.hpp"

#include <algorithm>

#include "analysis/project/calls.hpp"
#include "analysis/project/dispatch.hpp"

namespace surefoot::project {

using semantics::FunctionRef;
using semantics::Resolver;
using semantics::Type;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// What calling a value of the type runs; null when it may be nothing of the project, or more than one function.
FunctionRef run_by(const Type& type, Resolver& resolver) {
  if (type.tag == Type::Tag::instance) return resolver.method(type, "__call__");
  if (type.tag != Type::Tag::object) return {};
  if (type.function != nullptr) return {type.unit, type.function};
  if (resolver.class_entry(type.name) == nullptr || resolver.has_own_metaclass(type)) return {};
  Type made = type;
  made.tag = Type::Tag::instance;
  return resolver.method(made, "__init__");
}

std::optional<FunctionKey> key_of_callee(const Type& type, Resolver& resolver) {
  if (type.tag == Type::Tag::lambda) return lambda_key(*type.unit, type.unit->unit->ast.node(type.node), resolver);
  const FunctionRef one = run_by(type, resolver);
  if (one.function == nullptr || one.function->is_async || one.function->is_generator) return std::nullopt;
  if (resolver.decoration(*one.unit, *one.function) != Resolver::Decoration::kept) return std::nullopt;
  return key_of(*one.unit, *one.function, resolver);
}

bool is_abstract_method(const Type& type, Resolver& resolver) {
  return type.function != nullptr && is_abstract({type.unit, type.function}, resolver);
}

// True where what follows in the loop may be left out at some step.
bool breaks_off(Node loop) {
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Kind kind = body.ast().node(i).kind();
    if (kind == Kind::break_statement || kind == Kind::continue_statement || kind == Kind::return_statement) {
      return true;
    }
  }
  return false;
}

bool binds(Node target, std::string_view name) {
  if (!target) return false;
  for (std::uint32_t i = target.index(); i < target.after(); ++i) {
    const Node one = target.ast().node(i);
    if (one.is(Kind::identifier) && one.text() == name) return true;
  }
  return false;
}

bool is_conditional(Node outer, Node inner) {
  switch (outer.kind()) {
    case Kind::if_statement:
    case Kind::while_statement:
    case Kind::elif_clause:
      return inner.field() != Field::condition;
    case Kind::boolean_operator:
      return inner.field() == Field::right;
    case Kind::conditional_expression:
    case Kind::match_statement:
    case Kind::except_clause:
    case Kind::else_clause:
    case Kind::lambda:
    case Kind::function_definition:
    case Kind::class_definition:
      return true;
    default:
      return false;
  }
}

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension);
}

bool goes_through_all(Node comprehension, std::string_view name) {
  bool bound = false;
  for (const Node clause : comprehension.children()) {
    if (clause.is(Kind::if_clause)) return false;
    bound = bound || (clause.is(Kind::for_in_clause) && binds(clause.child(Field::left), name));
  }
  return bound;
}

}  // namespace

std::vector<FunctionKey> choices_of(const semantics::TypeSet& callees, Resolver& resolver) {
  std::vector<FunctionKey> keys;
  if (callees.size() < 2) return keys;
  const bool has_code = std::any_of(callees.begin(), callees.end(), [&](const Type& type) {
    return type.tag != Type::Tag::none && !is_abstract_method(type, resolver);
  });
  for (const Type& type : callees) {
    if (type.tag == Type::Tag::none || (has_code && is_abstract_method(type, resolver))) continue;
    const std::optional<FunctionKey> key = key_of_callee(type, resolver);
    if (!key) return {};
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(*key);
  }
  return keys;
}

bool is_made_for_each(Node call) {
  const Node name = call.child(Field::function);
  if (!name.is(Kind::identifier)) return false;
  for (Node inner = call, outer = call.parent(); outer; inner = outer, outer = outer.parent()) {
    const bool in_body = inner.field() == Field::body;
    if (outer.is(Kind::for_statement) && in_body && binds(outer.child(Field::left), name.text())) {
      return !breaks_off(outer);
    }
    if (is_comprehension(outer) && in_body) return goes_through_all(outer, name.text());
    if (is_conditional(outer, inner)) return false;
  }
  return false;
}

FunctionKey lambda_key(const semantics::UnitModel& unit, Node lambda, const Resolver& resolver) {
  const semantics::Function* around = unit.function_around(lambda);
  const std::string within = around == nullptr ? std::string() : std::string(around->path);
  return function_key(resolver.module_of(unit), within + "<lambda>" + std::string(lambda.text()));
}

}  // namespace surefoot::project

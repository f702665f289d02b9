// What decorators leave of the functions they stand on, and what FastAPI makes of dependencies.

#include <algorithm>
#include <array>

#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;
using Tag = Type::Tag;

namespace {

bool keeps_function(std::string_view decorator) {
  static constexpr std::array<std::string_view, 15> kKeeps = {"staticmethod",
                                                              "classmethod",
                                                              "property",
                                                              "abc.abstractmethod",
                                                              "functools.lru_cache",
                                                              "functools.cache",
                                                              "functools.wraps",
                                                              "typing.override",
                                                              "typing.overload",
                                                              "typing.final",
                                                              "functools.cached_property",
                                                              "typing_extensions.override",
                                                              "functools.singledispatch",
                                                              "functools.singledispatchmethod",
                                                              "django.utils.functional.cached_property"};
  if (std::find(kKeeps.begin(), kKeeps.end(), decorator) != kKeeps.end()) return true;
  const knowledge::Decorator* known = knowledge::find_decorator(decorator);
  return (known != nullptr && known->keeps) || decorator.ends_with(".setter");
}

// Bridges that give a function to call later: `sync_to_async`.
bool offloads(std::string_view decorator) {
  const knowledge::Bridge* bridge = knowledge::find_bridge(decorator);
  return bridge != nullptr && bridge->is_async && bridge->arguments == knowledge::Handover::later;
}

bool makes_manager(std::string_view decorator) {
  return decorator == "contextlib.contextmanager" || decorator == "contextlib.asynccontextmanager";
}

// True when the function names it: it may hand the function on, such as to a thread.
bool mentions(const FunctionRef& function, std::string_view name) {
  const syntax::Ast& ast = function.unit->unit->ast;
  const Node body = ast.node(function.function->node).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    if (ast.node(i).is(Kind::identifier) && ast.node(i).text() == name) return true;
  }
  return false;
}

// True when the body of the function itself calls the name: not a lambda or function in it.
bool calls_name(const FunctionRef& function, std::string_view name) {
  const syntax::Ast& ast = function.unit->unit->ast;
  const Node body = ast.node(function.function->node).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = ast.node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) {
      i = node.after() - 1;
    } else if (node.is(Kind::call) && node.child(Field::function).text() == name) {
      return true;
    }
  }
  return false;
}

// True when all that the body of the function itself returns is the name: `handlers.append(fn); return fn`.
bool returns_only(const FunctionRef& function, std::string_view name) {
  const syntax::Ast& ast = function.unit->unit->ast;
  const Node body = ast.node(function.function->node).child(Field::body);
  bool returns = false;
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = ast.node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) {
      i = node.after() - 1;
    } else if (node.is(Kind::return_statement)) {
      if (node.first_child().text() != name) return false;
      returns = true;
    } else if (node.is(Kind::assignment) && node.child(Field::left).text() == name) {
      return false;
    }
  }
  return returns;
}

// The parameter of a decorator that gets the function: behind `self`.
std::string_view wrapped_parameter(const FunctionRef& maker) {
  const auto& parameters = maker.function->parameters;
  const bool method = !maker.function->container.empty() && !parameters.empty() &&
                      (parameters.front().name == "self" || parameters.front().name == "cls");
  const std::size_t position = method ? 1 : 0;
  return position < parameters.size() ? parameters[position].name : std::string_view();
}

// True for a wrapper that hands on what the function gives, such as its coroutine.
bool returns_call_of(const FunctionRef& wrapper, std::string_view name) {
  const syntax::Ast& ast = wrapper.unit->unit->ast;
  return std::any_of(wrapper.function->returned.begin(), wrapper.function->returned.end(), [&](TermId id) {
    const Term& term = wrapper.unit->terms[id];
    return term.op == Op::call && ast.node(term.node).child(Field::function).text() == name;
  });
}

}  // namespace

const Resolver::Decorated& Resolver::decorated(const UnitModel& unit, const Function& function) {
  if (const auto known = decorated_.find(&function); known != decorated_.end()) return known->second;
  decorated_[&function] = {Decoration::unknown, {}, {}, false};  // for a decorator that leads back here
  Decorated result;
  for (const TermId decorator : function.decorators) {
    const Term& term = unit.terms[decorator];
    if (term.op == Op::attribute && (term.name == "setter" || term.name == "deleter")) continue;
    const Type* type = type_of_decorator(unit, decorator, *this);
    if (type == nullptr) return decorated_[&function];
    if (makes_manager(type->name)) {
      result.how = Decoration::manager;
    } else if (type->function != nullptr) {
      const Wrapper wrapper = wrapper_made_by({type->unit, type->function}, function, term.op == Op::call);
      if (!wrapper.stands_for_function) {
        // What stands further out takes that one for the function.
        const bool outermost = decorator == function.decorators.front();
        return decorated_[&function] = {Decoration::unknown, {}, outermost ? wrapper.function : FunctionRef{}, false};
      }
      if (wrapper.function.function != nullptr && !wrapper.function.function->is_async) {
        result.wrappers.push_back(wrapper.function);
      }
    } else if (offloads(type->name)) {
      return decorated_[&function] = {Decoration::unknown, {}, {}, result.wrappers.empty()};
    } else if (!keeps_function(type->name)) {
      return decorated_[&function];
    }
  }
  return decorated_[&function] = std::move(result);
}

Resolver::Decoration Resolver::decoration(const UnitModel& unit, const Function& function) {
  return decorated(unit, function).how;
}

bool Resolver::is_offloaded(const UnitModel& unit, const Function& function) {
  return decorated(unit, function).offloaded;
}

FunctionRef Resolver::meant(const UnitModel& unit, const Function& function) {
  const FunctionRef& instead = decorated(unit, function).replacement;
  return instead.function != nullptr ? instead : FunctionRef{&unit, &function};
}

const std::vector<FunctionRef>& Resolver::wrappers(const UnitModel& unit, const Function& function) {
  return decorated(unit, function).wrappers;
}

std::vector<FunctionRef> Resolver::returned_functions(const FunctionRef& maker) {
  std::vector<FunctionRef> functions;
  for (const TermId term : maker.function->returned) {
    for (const Type& type : type_of(*maker.unit, term)) {
      const bool seen = std::any_of(functions.begin(), functions.end(),
                                    [&](const FunctionRef& one) { return one.function == type.function; });
      if (type.function != nullptr && !seen) functions.push_back({type.unit, type.function});
    }
  }
  return functions;
}

// `def timed(fn): def wrapper(*args): … fn(*args) …; return wrapper`, and one more round when it takes arguments.
// Makers that have one wrapper for coroutines and another for the rest choose by the function.
Resolver::Wrapper Resolver::wrapper_made_by(FunctionRef maker, const Function& function, bool takes_arguments) {
  if (takes_arguments) {
    const std::vector<FunctionRef> makers = returned_functions(maker);
    if (makers.size() != 1) return {};
    maker = makers.front();
  }
  const std::string_view wrapped = maker.function == nullptr ? std::string_view() : wrapped_parameter(maker);
  if (wrapped.empty()) return {};
  if (returns_only(maker, wrapped)) return {FunctionRef{}, true};
  std::vector<FunctionRef> wrappers = returned_functions(maker);
  std::erase_if(wrappers, [&](const FunctionRef& one) { return !mentions(one, wrapped); });
  if (wrappers.size() > 1) {
    std::erase_if(wrappers, [&](const FunctionRef& one) { return one.function->is_async != function.is_async; });
  }
  if (wrappers.size() != 1 || wrappers.front().function->is_generator) return {};
  const FunctionRef wrapper = wrappers.front();
  if (!calls_name(wrapper, wrapped)) return {wrapper.function->is_async ? wrapper : FunctionRef{}, false};
  if (!wrapper.function->is_async) return {wrapper, !function.is_async || returns_call_of(wrapper, wrapped)};
  return {wrapper, function.is_async && !function.is_generator && copies_signature(wrapper)};
}

bool Resolver::copies_signature(const FunctionRef& wrapper) {
  return std::any_of(wrapper.function->decorators.begin(), wrapper.function->decorators.end(), [&](TermId decorator) {
    const Type* type = type_of_decorator(*wrapper.unit, decorator, *this);
    return type != nullptr && type->name == "functools.wraps";
  });
}

// What `Depends(f)` gives: what f returns, or what it yields (FastAPI documentation, "Dependencies with yield").
TypeSet Resolver::provided(const TypeSet& dependency) {
  const Type* function = only(dependency);
  if (function == nullptr) return {};
  TypeSet value = call(Type(*function), nullptr, Node());
  const Type* made = only(value);
  if (made == nullptr) return {};
  const bool yields = made->name == "<generator>" || made->name == "<async-generator>";
  if ((made->tag == Tag::awaitable || yields) && made->arguments != nullptr) return TypeSet(made->arguments->front());
  return value;
}

}  // namespace surefoot::semantics

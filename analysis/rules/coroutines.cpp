#include "analysis/rules/coroutines.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

using semantics::Function;
using semantics::FunctionRef;
using semantics::Op;
using semantics::Term;
using semantics::TermId;
using semantics::UnitModel;

constexpr int kMaxDepth = 8;

// Callables that start their work before anybody awaits it (Python library reference, asyncio.gather; what Motor and
// Tornado give are futures).
bool starts_at_once(std::string_view name) {
  static constexpr std::array<std::string_view, 2> kNames = {"asyncio.gather", "asyncio.shield"};
  return contains(kNames, name) || name.starts_with("motor.") || name.starts_with("tornado.");
}

// Of several values of which it is one.
Promise join(Promise left, Promise right) {
  if (left == right) return left;
  return left == Promise::none || right == Promise::none ? Promise::none : Promise::future;
}

bool is_coroutine_type(const Type& type) {
  static constexpr std::array<std::string_view, 4> kNames = {"typing.Coroutine", "collections.abc.Coroutine",
                                                             "types.CoroutineType", "typing_extensions.Coroutine"};
  return type.tag == Type::Tag::instance && contains(kNames, type.name);
}

// What a callback that is annotated `Callable[…, Awaitable[None]]` gives: in practice, a coroutine.
bool is_awaitable_type(const Type& type) {
  return is_coroutine_type(type) || (type.tag == Type::Tag::instance && last_part(type.name) == "Awaitable");
}

bool is_annotated_callback(const Type& callee) {
  return callee.is_instance("typing.Callable") && callee.arguments != nullptr;
}

// Classes such as aiohttp's _RequestContextManager: awaiting an instance gives what entering it does.
bool is_lazy_manager(const Type& type) {
  if (type.tag != Type::Tag::instance) return false;
  const knowledge::Class* known = knowledge::find_class(type.name);
  return known != nullptr && known->manager == knowledge::Sides::async && !known->awaits.empty() &&
         known->awaits == known->enter && known->awaits != known->name;
}

Promise of_value(const TypeSet& types) {
  if (types.empty()) return Promise::none;
  const auto all = [&](const auto& is) { return std::all_of(types.begin(), types.end(), is); };
  if (all(is_coroutine_type)) return Promise::coroutine;
  return all(is_lazy_manager) ? Promise::manager : Promise::none;
}

class Callees {
 public:
  explicit Callees(Context& context) : resolver_(context.resolver()) {}

  Promise of_any(const TypeSet& callees, int depth) {
    std::optional<Promise> result;
    for (const Type& callee : callees) {
      if (callee.tag == Type::Tag::none) continue;
      const Promise one = of(callee, depth);
      result = result ? join(*result, one) : one;
    }
    return result.value_or(Promise::none);
  }

 private:
  Promise of(const Type& callee, int depth) {
    if (depth > kMaxDepth) return Promise::none;
    if (callee.function != nullptr) return of_function(*callee.unit, *callee.function, depth);
    if (is_annotated_callback(callee)) {
      const TypeSet& value = callee.arguments->back();
      const bool all = !value.empty() && std::all_of(value.begin(), value.end(), is_awaitable_type);
      return all ? Promise::coroutine : Promise::none;
    }
    if (callee.tag == Type::Tag::instance) {
      const TypeSet method = resolver_.attribute(callee, "__call__");
      const Type* function = semantics::only(method);
      return function != nullptr && function->tag == Type::Tag::object ? of(*function, depth + 1) : Promise::none;
    }
    return callee.tag == Type::Tag::object ? of_known(callee) : Promise::none;
  }

  Promise of_known(const Type& callee) {
    const knowledge::Bridge* bridge = knowledge::find_bridge(callee.name);
    if (bridge != nullptr && bridge->arguments == knowledge::Handover::later) return Promise::none;
    if (callee.callable != nullptr && callee.callable->is_async) {
      return starts_at_once(callee.name) ? Promise::future : Promise::coroutine;
    }
    return of_value(resolver_.call(callee, nullptr, Node()));
  }

  // False for a plain function that returns nothing, or values that are written down.
  static bool may_promise(const UnitModel& unit, const Function& function) {
    const auto is_written = [&](TermId returned) {
      const Op op = unit.terms[returned].op;
      return op == Op::none || op == Op::builtin || op == Op::list || op == Op::tuple || op == Op::dict;
    };
    return function.is_async || function.returns != semantics::kUnknown || !function.decorators.empty() ||
           !std::all_of(function.returned.begin(), function.returned.end(), is_written);
  }

  Promise of_function(const UnitModel& unit, const Function& function, int depth) {
    if (!may_promise(unit, function)) return Promise::none;
    const FunctionRef meant = resolver_.meant(unit, function);
    if (meant.function != &function) return of_function(*meant.unit, *meant.function, depth + 1);
    const TypeSet value = resolver_.call_function(unit, function);
    if (depth > kMaxDepth || value.empty() || function.is_generator || makes_manager(unit, function))
      return Promise::none;
    if (resolver_.is_offloaded(unit, function)) return Promise::coroutine;
    if (function.is_async) return is_iterator_stub(unit, function) ? Promise::none : Promise::coroutine;
    if (const Promise declared = of_value(value); declared != Promise::none) return declared;
    const bool promises = std::all_of(value.begin(), value.end(), is_awaitable_type);
    if (function.returns != semantics::kUnknown && !promises) return Promise::none;
    std::optional<Promise> result;
    for (const TermId returned : function.returned) {
      const Promise one = of_term(unit, returned, depth + 1);
      result = result ? join(*result, one) : one;
    }
    return result.value_or(Promise::none);
  }

  // What a plain function returns.
  Promise of_term(const UnitModel& unit, TermId id, int depth) {
    const Term& term = unit.terms[id];
    if (depth > kMaxDepth) return Promise::none;
    if (term.op == Op::call) return of_any(resolver_.type_of(unit, term.a), depth);
    if (term.op != Op::join) return Promise::none;
    std::optional<Promise> result;
    for (const TermId operand : unit.operands[term.b]) {
      const Promise one = of_term(unit, operand, depth + 1);
      result = result ? join(*result, one) : one;
    }
    return result.value_or(Promise::none);
  }

  bool makes_manager(const UnitModel& unit, const Function& function) {
    return std::any_of(function.decorators.begin(), function.decorators.end(), [&](TermId decorator) {
      const Type* type = semantics::only(resolver_.type_of(unit, decorator));
      return type != nullptr && type->name.ends_with("contextmanager");
    });
  }

  // `async def rows(self) -> AsyncIterator[Row]: ...`: what overrides it is a generator, which is not awaited.
  bool is_iterator_stub(const UnitModel& unit, const Function& function) {
    static constexpr std::array<std::string_view, 5> kNames = {"AsyncIterator", "AsyncGenerator", "AsyncIterable",
                                                               "AsyncContextManager", "AbstractAsyncContextManager"};
    if (function.returns == semantics::kUnknown || !function.returned.empty()) return false;
    const Term& term = unit.terms[function.returns];
    const Type* declared = semantics::only(resolver_.type_of(unit, term.op == Op::index ? term.a : function.returns));
    return declared != nullptr && contains(kNames, last_part(declared->name));
  }

  semantics::Resolver& resolver_;
};

bool is_property(const Type& function, Context& context) {
  const auto& decorators = function.function->decorators;
  return std::any_of(decorators.begin(), decorators.end(), [&](TermId decorator) {
    const Type* type = semantics::only(context.resolver().type_of(*function.unit, decorator));
    return type != nullptr && (last_part(type->name) == "property" || last_part(type->name) == "cached_property");
  });
}

Promise of_property_of(const Type& owner, std::string_view name, Context& context) {
  Type its_class = owner;
  its_class.tag = Type::Tag::object;
  const TypeSet found = context.resolver().attribute(its_class, name);
  const Type* function = semantics::only(found);
  if (function == nullptr || function->function == nullptr || !function->function->is_async) return Promise::none;
  if (function->function->name != name || !is_property(*function, context)) return Promise::none;
  return Callees(context).of_any(found, 0);
}

// Most attributes are none, which their definitions say at once.
bool may_be_async_property(const Type& owner, std::string_view name, Context& context) {
  const auto* values = context.resolver().bound_by_class(owner, name);
  return values != nullptr && std::any_of(values->begin(), values->end(), [](const semantics::TermRef& value) {
           const Term& term = value.unit->terms[value.term];
           const Function* function = term.op == Op::function ? &value.unit->functions[term.b] : nullptr;
           return function != nullptr && function->is_async && !function->decorators.empty();
         });
}

// `user.balance`, where that is an `async def` property.
Promise of_property(Node attribute, Context& context) {
  const Type* owner = semantics::only(context.type_of(attribute.child(Field::object)));
  if (owner == nullptr || owner->tag != Type::Tag::instance) return Promise::none;
  const std::string_view name = attribute.child(Field::attribute).text();
  if (!may_be_async_property(*owner, name, context)) return Promise::none;
  if (owner->super) return of_property_of(*owner, name, context);
  auto& known = context.promise_of_property(owner->name, name);
  if (!known) known = static_cast<std::uint8_t>(of_property_of(*owner, name, context));
  return static_cast<Promise>(*known);
}

}  // namespace

Promise promise_of(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::attribute)) return of_property(expression, context);
  if (!expression.is(Kind::call)) return Promise::none;
  return Callees(context).of_any(context.type_of(expression.child(Field::function)), 0);
}

bool may_promise(const Callee& callee) {
  if (callee.of != Callee::Of::library) return false;
  return callee.facts != nullptr
             ? callee.facts->is_async || callee.facts->returns.find_first_of(".$") != std::string_view::npos
             : knowledge::find_class(callee.name) != nullptr;
}

Promise promise_of_calling(Node function, Context& context) {
  return Callees(context).of_any(context.type_of(function), 0);
}

namespace {

constexpr int kMaxBases = 16;

bool is_plain_builtin(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kNames = {"object",
                                                              "str",
                                                              "bytes",
                                                              "int",
                                                              "float",
                                                              "bool",
                                                              "complex",
                                                              "list",
                                                              "tuple",
                                                              "dict",
                                                              "set",
                                                              "frozenset",
                                                              "bytearray",
                                                              "range",
                                                              "memoryview",
                                                              "type",
                                                              "<generator>",
                                                              "<iterable>",
                                                              "<async-generator>",
                                                              "<context-manager>"};
  return contains(kNames, name) || name == "<async-context-manager>";
}

// Bases that add no `__await__`.
bool is_plain_base(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {"abc.ABC",      "enum.Enum",         "enum.IntEnum",
                                                             "enum.StrEnum", "enum.Flag",         "typing.Generic",
                                                             "Exception",    "typing.NamedTuple", "typing.TypedDict"};
  return contains(kNames, name);
}

// `@dataclass`, with arguments or without: it gives the class that it is given, or one with the same methods.
bool keeps_class(const semantics::ClassEntry& entry, TermId decorator, Context& context) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "dataclasses.dataclass", "attr.s",      "attr.define",
      "attrs.define",          "attr.frozen", "attrs.frozen",
      "typing.final",          "enum.unique", "functools.total_ordering"};
  const Type* type = semantics::type_of_decorator(*entry.unit, decorator, context.resolver());
  return type != nullptr && contains(kNames, type->name);
}

// True when no instance of the class can be awaited; false when a part of it cannot be seen.
bool is_plain_class(std::string_view name, Context& context, int depth) {
  if (depth > kMaxBases) return false;
  if (is_plain_builtin(name) || is_plain_base(name)) return true;
  if (const semantics::ClassEntry* entry = project_class(name, context)) {
    const auto& decorators = entry->definition->decorators;
    const auto keeps = [&](TermId decorator) { return keeps_class(*entry, decorator, context); };
    if (entry->attributes.contains("__await__") || !std::all_of(decorators.begin(), decorators.end(), keeps)) {
      return false;
    }
    const auto& bases = entry->definition->bases;
    return std::all_of(bases.begin(), bases.end(), [&](TermId base) {
      const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
      return type != nullptr && is_plain_class(type->name, context, depth + 1);
    });
  }
  const knowledge::Class* known = knowledge::find_class(name);
  if (known == nullptr || !known->awaits.empty()) return false;
  return std::all_of(known->bases.begin(), known->bases.end(),
                     [&](std::string_view base) { return is_plain_class(base, context, depth + 1); });
}

// A function that was not called. One with a decorator may be a property.
bool is_plain_function(const Type& type) {
  if (type.function != nullptr) return type.function->decorators.empty();
  return type.callable != nullptr && type.callable->is_async && !type.callable->name.ends_with(".*");
}

bool is_plain(const Type& type, Context& context) {
  switch (type.tag) {
    case Type::Tag::none:
      return true;
    case Type::Tag::object:
      return is_plain_function(type);
    case Type::Tag::instance:
      return type.name != "object" && is_plain_class(type.name, context, 0);
    default:
      return false;
  }
}

}  // namespace

bool cannot_be_awaited(const TypeSet& types, Context& context) {
  return !types.empty() &&
         std::all_of(types.begin(), types.end(), [&](const Type& type) { return is_plain(type, context); });
}

}  // namespace surefoot::rules

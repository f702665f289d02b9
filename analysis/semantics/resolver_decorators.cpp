// What decorators leave of the functions they stand on, and what FastAPI makes of dependencies.

#include <algorithm>
#include <array>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;
using Tag = Type::Tag;

namespace {

bool keeps_function(std::string_view decorator) {
  static constexpr std::array<std::string_view, 14> kKeeps = {"staticmethod",
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
                                                              "django.utils.functional.cached_property"};
  if (std::find(kKeeps.begin(), kKeeps.end(), decorator) != kKeeps.end()) return true;
  const knowledge::Decorator* known = knowledge::find_decorator(decorator);
  return (known != nullptr && known->keeps) || decorator.ends_with(".setter");
}

bool makes_manager(std::string_view decorator) {
  return decorator == "contextlib.contextmanager" || decorator == "contextlib.asynccontextmanager";
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

}  // namespace

const Resolver::Decorated& Resolver::decorated(const UnitModel& unit, const Function& function) {
  if (const auto known = decorated_.find(&function); known != decorated_.end()) return known->second;
  decorated_[&function] = {Decoration::unknown, {}};  // for a decorator that leads back here
  Decorated result;
  for (const TermId decorator : function.decorators) {
    const Term& term = unit.terms[decorator];  // of `@router.get("/")`, what counts is `router.get`
    const Type* type = only(type_of(unit, term.op == Op::call ? term.a : decorator));
    if (type == nullptr) return decorated_[&function];
    if (makes_manager(type->name)) {
      result.how = Decoration::manager;
    } else if (type->function != nullptr) {
      const FunctionRef wrapper = wrapper_made_by({type->unit, type->function}, term.op == Op::call);
      if (wrapper.function == nullptr) return decorated_[&function];
      result.wrappers.push_back(wrapper);
    } else if (!keeps_function(type->name)) {
      return decorated_[&function];
    }
  }
  return decorated_[&function] = std::move(result);
}

Resolver::Decoration Resolver::decoration(const UnitModel& unit, const Function& function) {
  return decorated(unit, function).how;
}

const std::vector<FunctionRef>& Resolver::wrappers(const UnitModel& unit, const Function& function) {
  return decorated(unit, function).wrappers;
}

FunctionRef Resolver::returned_function(const FunctionRef& maker) {
  const TypeSet value = resolve_all(*maker.unit, maker.function->returned);
  const Type* type = only(value);
  if (type == nullptr || type->function == nullptr) return {};
  return {type->unit, type->function};
}

// `def timed(fn): def wrapper(*args): … fn(*args) …; return wrapper`, and one more round when it takes arguments.
// Nothing when the wrapper is asynchronous or does not call the function itself: then it is another function.
FunctionRef Resolver::wrapper_made_by(FunctionRef maker, bool takes_arguments) {
  if (takes_arguments) maker = returned_function(maker);
  if (maker.function == nullptr || maker.function->parameters.empty()) return {};
  const FunctionRef wrapper = returned_function(maker);
  if (wrapper.function == nullptr || wrapper.function->is_async || wrapper.function->is_generator) return {};
  return calls_name(wrapper, maker.function->parameters.front().name) ? wrapper : FunctionRef{};
}

bool Resolver::copies_signature(const FunctionRef& wrapper) {
  return std::any_of(wrapper.function->decorators.begin(), wrapper.function->decorators.end(), [&](TermId decorator) {
    const Term& term = wrapper.unit->terms[decorator];
    const Type* type = only(type_of(*wrapper.unit, term.op == Op::call ? term.a : decorator));
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

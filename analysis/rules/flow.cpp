#include "analysis/rules/flow.hpp"

#include <algorithm>
#include <array>

namespace surefoot::rules {

using semantics::Exceptions;
using semantics::Part;
using semantics::Return;

namespace {

bool is_any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool never_returns(const Type& callee, Node call, Context& context) {
  if (callee.function == nullptr || callee.function->is_generator) return false;
  if (callee.function->is_async && !call.parent().is(Kind::await)) return false;
  const Type* annotation = semantics::only(context.resolver().type_of(*callee.unit, callee.function->returns));
  return annotation != nullptr &&
         is_any_of(annotation->name,
                   {"typing.NoReturn", "typing.Never", "typing_extensions.NoReturn", "typing_extensions.Never"});
}

}  // namespace

bool is_cancelled_error(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::call)) {
    const Type* callee = context.callee(expression);
    return callee != nullptr && callee->is_object("anyio.get_cancelled_exc_class");
  }
  const Type* type = semantics::only(context.type_of(expression));
  return type != nullptr && type->tag == Type::Tag::object &&
         is_any_of(type->name, {"asyncio.CancelledError", "trio.Cancelled"});
}

Exceptions ResolvedFacts::exceptions_of(Node expression) const {
  if (is_cancelled_error(expression, context_)) return {Part::none, Part::all};
  const Type* type = semantics::only(context_.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::object) return {Part::some, Part::some};
  if (type->name == "BaseException") return {Part::all, Part::all};
  if (type->name == "Exception") return {Part::all, Part::none};
  const auto derives = [&](std::string_view base) { return context_.resolver().is_subclass(type->name, base); };
  if (is_any_of(type->name, {"GeneratorExit", "SystemExit", "KeyboardInterrupt"})) return {Part::none, Part::some};
  const bool cancellation = derives("asyncio.CancelledError") || derives("trio.Cancelled");
  return cancellation ? Exceptions{Part::none, Part::some} : Exceptions{Part::some, Part::none};
}

Return ResolvedFacts::returns(Node call) const {
  const Type* callee = context_.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return Return::yes;
  if (is_any_of(callee->name, {"sys.exit", "exit", "quit"})) return Return::raises_exit;
  const bool ends = is_any_of(callee->name, {"os._exit", "os.abort"}) || callee->name.starts_with("os.exec");
  if (ends) return Return::ends_process;
  return never_returns(*callee, call, context_) ? Return::raises : Return::yes;
}

bool ResolvedFacts::suppresses(Node call) const {
  const Type* callee = context_.callee(call);
  const knowledge::Provider* provider =
      callee != nullptr && callee->tag == Type::Tag::object ? knowledge::find_provider(callee->name) : nullptr;
  return provider != nullptr && provider->what == knowledge::Provided::suppress;
}

const semantics::FlowGraph& Context::flow(Node function, bool any_statement_raises) {
  const std::pair key(function.index(), any_statement_raises);
  const auto known = flows_.find(key);
  if (known != flows_.end()) return known->second;
  ResolvedFacts facts(*this);
  facts.any_statement_raises = any_statement_raises;
  return flows_.emplace(key, semantics::FlowGraph::build(function, facts)).first->second;
}

}  // namespace surefoot::rules

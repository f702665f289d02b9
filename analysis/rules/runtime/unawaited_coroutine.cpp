#include <fmt/format.h>

#include "analysis/fixes/add_await.hpp"
#include "analysis/rules/awaitable_use.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node expression, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unawaited_coroutine;
const Rule unawaited_coroutine{
    .code = "RT201",
    .name = "unawaited-coroutine",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::attribute},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_of_project() || may_promise(callee); },
    .fix = fix,
    .in_tests = true,
};

namespace {

// A function of the project that returns something, of which it is certain that no manager or generator hides behind it
// (one that returns nothing may be there to be overridden by such).
bool gives_result(Node expression, Context& context) {
  const Type* callee = context.callee(expression);
  return callee != nullptr && callee->function != nullptr && !callee->function->returned.empty();
}

bool is_known_attribute(Node expression, Node attribute, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::instance) return false;
  const std::string_view name = attribute.child(Field::attribute).text();
  return knowledge::find_method(type->name, name) != nullptr || !knowledge::find_attribute(type->name, name).empty();
}

// What even a value that is not awaited may be used for, by what it is.
bool is_allowed(Node expression, Promise promise, const WrongUse& use, Context& context) {
  switch (use.misuse) {
    case Misuse::none:
      return true;
    case Misuse::entered:
      return promise != Promise::coroutine || !gives_result(expression, context);
    case Misuse::iterated:
      return use.place.is_async() && (promise == Promise::manager || !gives_result(expression, context));
    case Misuse::attribute:
      return promise == Promise::manager && is_known_attribute(expression, use.place, context);
    default:
      return false;
  }
}

// An offload that nobody awaits is RT116's.
bool is_offload(Node call, Context& context) {
  const knowledge::Bridge* bridge = call.is(Kind::call) ? bridge_of(call, context) : nullptr;
  return bridge != nullptr && bridge->is_async && !bridge->name.starts_with("sqlalchemy.");
}

// `if iscoroutinefunction(f): await f() else: f()`: code that knows that what it calls may be either.
bool is_asked(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  const Node callee = call.child(Field::function);
  if (!function || !callee) return false;
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::call) || argument(node, "", 0).text() != callee.text()) continue;
    const Node asks = node.child(Field::function);
    const std::string_view name = asks.is(Kind::attribute) ? asks.child(Field::attribute).text() : asks.text();
    if (has_word(name, {"iscoroutinefunction", "coroutine", "async", "coroutinefunction"})) return true;
  }
  return false;
}

std::string name_of(Node expression) {
  const Node named = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  if (named.text().find('\n') == std::string_view::npos && named.text().size() <= 60) return std::string(named.text());
  return "…." + std::string(named.is(Kind::attribute) ? named.child(Field::attribute).text() : "()");
}

void report(Node expression, std::string message, Context& context) {
  Report& report = context.report(unawaited_coroutine, expression, std::move(message));
  if (expression.is(Kind::call)) report.span = expression.child(Field::function).span();
}

void report_loss(Node expression, const ValueUse& use, Context& context) {
  const std::string where = use.target ? fmt::format(" is bound to `{}`, which nothing awaits", use.target.text())
                                       : std::string(" is never awaited");
  report(expression, fmt::format("The coroutine of `{}`{}: none of its code runs", name_of(expression), where),
         context);
}

void report_misuse(Node expression, Promise promise, const WrongUse& use, Context& context) {
  const std::string_view what = promise == Promise::future ? "an awaitable" : "a coroutine";
  const std::string which = use.local ? fmt::format("and `{}`", use.local.text()) : std::string("which");
  report(expression,
         fmt::format("`{}` gives {}, {} {}: `await` is missing", name_of(expression), what, which, describe(use)),
         context);
}

// The value of an `async def` of the project, which decorators do not make something else of.
bool is_coroutine(Node expression, Context& context) {
  const Type* callee = context.callee(expression);
  return callee != nullptr && callee->function != nullptr && callee->function->is_async &&
         callee->function->decorators.empty();
}

// Libraries whose older versions have the same names and do not await: only coroutines await what the newer ones give.
bool is_of_older_version(Node expression, Context& context) {
  const Type* callee = expression.is(Kind::call) ? context.callee(expression) : nullptr;
  return callee != nullptr && callee->name.starts_with("telegram.") && !context.in_coroutine(expression);
}

// An attribute that the code reads, and does more with than to call it: what a property gives is not called.
bool may_read_property(Node attribute) {
  const Node parent = attribute.parent();
  return !(parent.is(Kind::call) && attribute.field() == Field::function) &&
         !(parent.is(Kind::assignment) && attribute.field() == Field::left);
}

void check(Node expression, Context& context) {
  if (expression.is(Kind::attribute) && !may_read_property(expression)) return;
  const Promise promise = promise_of(expression, context);
  if (promise == Promise::none || is_asked(expression, context)) return;
  if (is_of_older_version(expression, context)) return;
  const Awaitable kind = is_coroutine(expression, context) ? Awaitable::coroutine : Awaitable::any;
  WrongUse use = wrong_use(expression, kind, context);
  if (use.misuse == Misuse::none) use = wrong_use_of_local(expression, kind, context);
  if (!is_allowed(expression, promise, use, context)) return report_misuse(expression, promise, use, context);
  if (promise == Promise::future || is_offload(expression, context)) return;
  const ValueUse fate = value_use(expression, context);
  if (fate.fate != Fate::used) report_loss(expression, fate, context);
}

// `await f().all()`: whether what stands behind the `await` must be awaited too.
bool gives_awaitable(Node expression, Node outermost, Context& context) {
  TypeSet types = context.resolver().awaited(context.type_of(expression));
  for (Node node = expression; node != outermost; node = node.parent()) {
    const Node parent = node.parent();
    const Type* one = semantics::only(types);
    if (one == nullptr) return false;
    if (parent.is(Kind::attribute)) {
      types = context.resolver().attribute(Type(*one), parent.child(Field::attribute).text());
    } else if (parent.is(Kind::call)) {
      types = context.resolver().call(Type(*one), nullptr, Node());
    } else if (!parent.is(Kind::parenthesized_expression)) {
      return false;
    }
  }
  return !types.empty() && types.front().tag == Type::Tag::awaitable;
}

// The `await` that the missing one was meant to be: that of `await f().all()`.
Node misplaced_await(Node expression, Context& context) {
  Node node = expression;
  for (Node parent = node.parent(); parent; node = parent, parent = parent.parent()) {
    const bool operand = (parent.is(Kind::attribute) && node.field() == Field::object) ||
                         (parent.is(Kind::call) && node.field() == Field::function) ||
                         (parent.is(Kind::subscript) && node.field() == Field::value) ||
                         parent.is(Kind::parenthesized_expression);
    if (parent.is(Kind::await))
      return node == expression || gives_awaitable(expression, node, context) ? Node() : parent;
    if (!operand) return {};
  }
  return {};
}

Fixes fix(const Report& report, Context& context) {
  const Node expression = context.unit().unit->ast.node(report.node);
  return fixes::await_value(context.file(), context.place(expression), misplaced_await(expression, context));
}

}  // namespace
}  // namespace surefoot::rules

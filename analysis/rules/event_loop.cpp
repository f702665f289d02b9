#include "analysis/rules/event_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

using knowledge::Effect;

namespace {

constexpr int kMaxBases = 8;

// Calls that give the elements of what they are given.
bool passes_elements_on(std::string_view name) {
  static constexpr std::array<std::string_view, 13> kNames = {
      "enumerate",      "zip",       "iter", "list",  "tuple",     "set",
      "sorted",         "frozenset", "dict", "deque", "tqdm.tqdm", "itertools.islice",
      "itertools.chain"};
  return contains(kNames, name);
}

// Calls that run through what they are given before they return.
bool consumes(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "list", "tuple", "set", "sorted", "frozenset", "dict",  "sum",
      "any",  "all",   "max", "min",    "deque",     "bytes", "collections.deque"};
  return contains(kNames, name);
}

std::string_view called_name(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object ? callee->name : std::string_view();
}

Effect class_iterating(std::string_view name, int depth = 0) {
  const knowledge::Class* facts = depth > kMaxBases ? nullptr : knowledge::find_class(name);
  if (facts == nullptr) return Effect::none;
  if (any(facts->iterating)) return facts->iterating;
  for (const std::string_view base : facts->bases) {
    if (const Effect effects = class_iterating(base, depth + 1); any(effects)) return effects;
  }
  return Effect::none;
}

std::optional<BlockingCall> one_iteration(Node iterable, Context& context) {
  if (iterable.is(Kind::call)) {
    const Type* callee = context.callee(iterable);
    if (callee != nullptr && callee->callable != nullptr && !callee->callable->is_async &&
        any(callee->callable->iterating)) {
      return BlockingCall{std::string(callee->name), callee->callable->iterating, callee->callable};
    }
  }
  const Type* type = semantics::only(context.type_of(iterable));
  if (type == nullptr || type->tag != Type::Tag::instance) return std::nullopt;
  const Effect effects = class_iterating(type->name);
  if (!any(effects)) return std::nullopt;
  return BlockingCall{std::string(type->name), effects, nullptr};
}

}  // namespace

bool computes_for_long(const BlockingCall& call) {
  if (!any(call.effects & Effect::blocks_cpu)) return false;
  const std::string_view package = std::string_view(call.name).substr(0, call.name.find('.'));
  return !any(call.effects & Effect::blocks_file) || !fixes::is_standard_library(package);
}

std::optional<BlockingCall> blocking_iteration(Node iterable, Context& context) {
  iterable = without_parentheses(iterable);
  if (!iterable || iterable.is(Kind::await)) return std::nullopt;
  if (!iterable.is(Kind::call) || !passes_elements_on(called_name(iterable, context))) {
    return one_iteration(iterable, context);
  }
  for (const Node argument : iterable.child(Field::arguments).children()) {
    const Node inner = without_parentheses(argument);
    if (inner.is(Kind::keyword_argument) || inner.is(Kind::await)) continue;
    const bool nested = inner.is(Kind::call) && passes_elements_on(called_name(inner, context));
    if (auto found = nested ? blocking_iteration(inner, context) : one_iteration(inner, context)) return found;
  }
  return std::nullopt;
}

bool may_iterate(const Callee& callee) { return callee.of == Callee::Of::library && consumes(callee.name); }

Node iterated_by(Node node, Context& context) {
  if (node.is(Kind::for_statement) || node.is(Kind::for_in_clause)) {
    return node.is_async() ? Node() : node.child(Field::right);
  }
  if (!node.is(Kind::call) || !consumes(called_name(node, context))) return {};
  const Node outer = node.parent();
  if (outer.is(Kind::for_statement) || outer.is(Kind::for_in_clause)) return {};  // the loop's own
  const Node argument = node.child(Field::arguments).first_child();
  return argument.is(Kind::generator_expression) || argument.is(Kind::keyword_argument) ? Node() : argument;
}

namespace {

// Of several things that it may be, one that stands for them all: whichever it is, the call blocks. An object that can
// be called is called by its `__call__`.
std::optional<Type> blocking_callee(Node call, Context& context) {
  if (const Type* callee = context.callee(call)) {
    if (callee->tag != Type::Tag::instance || knowledge::find_class(callee->name) == nullptr) return *callee;
    const TypeSet method = context.resolver().attribute(*callee, "__call__");
    const Type* function = semantics::only(method);
    return function == nullptr ? *callee : *function;
  }
  std::optional<Type> found;
  for (const Type& type : context.type_of(call.child(Field::function))) {
    if (type.tag == Type::Tag::none) continue;
    const bool blocks = type.tag == Type::Tag::object && type.callable != nullptr && !type.callable->is_async &&
                        any(effects_of(call, *type.callable));
    if (!blocks) return std::nullopt;
    if (!found) found = type;
  }
  return found;
}

}  // namespace

std::optional<BlockingCall> blocking_call(Node call, Context& context) {
  const std::optional<Type> callee = blocking_callee(call, context);
  if (!callee || callee->tag != Type::Tag::object || call.parent().is(Kind::await)) return std::nullopt;
  if (contains(context.facts().non_blocking, callee->name)) return std::nullopt;
  if (contains(context.facts().blocking, callee->name)) {
    return BlockingCall{std::string(callee->name), Effect::blocks_network, nullptr};
  }
  if (callee->callable == nullptr || callee->callable->is_async) return std::nullopt;
  const Effect effects = effects_of(call, *callee->callable);
  if (!any(effects)) return std::nullopt;
  return BlockingCall{std::string(callee->name), effects, callee->callable};
}

Report& report_blocking(const Rule& rule, Node anchor, Node shown, std::string_view name, std::string_view what,
                        Context& context) {
  Report& report = context.report(rule, anchor, fmt::format("`{}` {} and blocks the event loop", name, what));
  report.span = shown.span();
  report.subject = name;
  report.effect = what;
  return report;
}

Report& report_blocking_steps(const Rule& rule, Node iterable, std::string_view name, std::string_view what,
                              Context& context) {
  Report& report =
      context.report(rule, iterable, fmt::format("each step over `{}` {} and blocks the event loop", name, what));
  report.subject = name;
  report.effect = what;
  return report;
}

std::string_view describe(Effect effects) {
  static constexpr std::array<std::pair<Effect, std::string_view>, 9> kPhrases = {{
      {Effect::blocks_sleep, "sleeps"},
      {Effect::blocks_database, "waits for the database"},
      {Effect::blocks_network, "waits for the network"},
      {Effect::blocks_input, "waits for the user"},
      {Effect::blocks_subprocess, "waits for a process"},
      {Effect::blocks_wait, "waits for another thread"},
      {Effect::blocks_cpu, "computes for long"},
      {Effect::blocks_file, "reads or writes files"},
      {Effect::blocks_file_metadata, "asks the file system"},
  }};
  for (const auto& [effect, phrase] : kPhrases) {
    if (any(effects & effect)) return phrase;
  }
  return "blocks";
}

}  // namespace surefoot::rules

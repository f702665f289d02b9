#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sync_with_on_async_manager;
const Rule sync_with_on_async_manager{
    .code = "RT111",
    .name = "sync-with-on-async-manager",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::with_statement, Kind::for_statement, Kind::for_in_clause},
    .check = check,
    .fix = fix,
    .in_tests = true,
};

namespace {

using knowledge::Sides;
using semantics::ClassEntry;

constexpr int kMaxDepth = 16;

// The methods that make a class a manager or an iterable, of each side.
struct Protocol {
  std::string_view sync, async;
  Sides knowledge::Class::*known;
};
constexpr Protocol kManager{"__enter__", "__aenter__", &knowledge::Class::manager};
constexpr Protocol kIterable{"__iter__", "__aiter__", &knowledge::Class::iterator};

bool is_builtin_iterable(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {"list",  "tuple",     "dict",      "set",  "str",
                                                             "bytes", "frozenset", "bytearray", "range"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Sides sides_of_known(const knowledge::Class& known, const Protocol& protocol, int depth) {
  if (known.*protocol.known != Sides::neither || depth > kMaxDepth) return known.*protocol.known;
  for (const std::string_view base : known.bases) {
    const knowledge::Class* entry = knowledge::find_class(base);
    const Sides sides = entry != nullptr ? sides_of_known(*entry, protocol, depth + 1) : Sides::neither;
    if (sides != Sides::neither) return sides;
  }
  return Sides::neither;
}

Sides join(Sides left, Sides right) {
  return static_cast<Sides>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}

static_assert(static_cast<unsigned>(Sides::both) ==
              (static_cast<unsigned>(Sides::sync) | static_cast<unsigned>(Sides::async)));

// Nothing when a part of the class cannot be seen.
std::optional<Sides> sides_of_class(std::string_view name, const Protocol& protocol, Context& context, int depth) {
  if (depth > kMaxDepth) return std::nullopt;
  if (name == "object") return Sides::neither;
  const ClassEntry* entry = project_class(name, context);
  if (entry == nullptr) {
    const knowledge::Class* known = knowledge::find_class(name);
    if (known == nullptr) return std::nullopt;
    const Sides sides = sides_of_known(*known, protocol, 0);
    return sides == Sides::neither && depth > 0 ? std::nullopt : std::optional(sides);
  }
  if (!entry->definition->decorators.empty() || entry->attributes.contains("__getattr__")) return std::nullopt;
  Sides sides = Sides::neither;
  if (entry->attributes.contains(protocol.sync)) sides = join(sides, Sides::sync);
  if (entry->attributes.contains(protocol.async)) sides = join(sides, Sides::async);
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    const auto inherited = type != nullptr ? sides_of_class(type->name, protocol, context, depth + 1) : std::nullopt;
    if (!inherited) return std::nullopt;
    sides = join(sides, *inherited);
  }
  return sides;
}

bool is_in_typing(std::string_view name) {
  return name.starts_with("typing.") || name.starts_with("typing_extensions.") ||
         name.starts_with("collections.abc.") || name.starts_with("contextlib.");
}

// What an annotation or a table calls asynchronous, and no more: `-> AsyncIterator[Row]`.
bool is_declared_async(std::string_view name, const Protocol& protocol) {
  static constexpr std::array<std::string_view, 3> kIterables = {"AsyncIterator", "AsyncIterable", "AsyncGenerator"};
  static constexpr std::array<std::string_view, 2> kManagers = {"AsyncContextManager", "AbstractAsyncContextManager"};
  if (!is_in_typing(name)) return false;
  const std::string_view last = semantics::last_part(name);
  return &protocol == &kManager ? contains(kManagers, last) : contains(kIterables, last);
}

Sides sides_of(Node expression, const Protocol& protocol, Context& context) {
  const TypeSet& types = context.type_of(expression);
  if (types.size() != 1 || types.front().tag != Type::Tag::instance || types.front().assumed) return Sides::neither;
  const std::string_view name = types.front().name;
  const bool manager = &protocol == &kManager;
  if (name == "<async-context-manager>") return manager ? Sides::async : Sides::neither;
  if (name == "<context-manager>") return manager ? Sides::sync : Sides::neither;
  if (name == "<async-generator>") return manager ? Sides::neither : Sides::async;
  if (name == "<generator>") return manager ? Sides::neither : Sides::sync;
  if (name.starts_with('<')) return Sides::neither;
  if (is_builtin_iterable(name)) return manager ? Sides::neither : Sides::sync;
  if (is_declared_async(name, protocol)) return Sides::async;
  return sides_of_class(name, protocol, context, 0).value_or(Sides::neither);
}

Node expression_of(Node item) {
  const Node value = without_parentheses(item.first_child());
  return value.is(Kind::as_pattern) ? without_parentheses(value.first_child()) : value;
}

// What is entered or iterated over must be of this side only to be wrong.
Sides wrong_side(Node node) { return node.is_async() ? Sides::sync : Sides::async; }

void report(Node node, Node expression, bool manager, Context& context) {
  const Type& type = context.type_of(expression).front();
  const std::string name = type.name.starts_with('<') ? std::string(expression.text()) : std::string(type.name);
  const std::string_view what = manager ? "context manager" : "iterator";
  const std::string_view keyword = manager ? "with" : "for";
  const std::string message =
      node.is_async() ? fmt::format("`{}` is no asynchronous {}: `async {}` fails here", name, what, keyword)
                      : fmt::format("`{}` is an asynchronous {}: it takes `async {}`", name, what, keyword);
  context.report(sync_with_on_async_manager, node, message).span = expression.span();
}

void check(Node node, Context& context) {
  if (!node.is(Kind::with_statement)) {
    const Node iterable = without_parentheses(node.child(Field::right));
    if (iterable && sides_of(iterable, kIterable, context) == wrong_side(node)) report(node, iterable, false, context);
    return;
  }
  for (const Node item : node.child(Kind::with_clause).children()) {
    const Node manager = item.is(Kind::with_item) ? expression_of(item) : Node();
    if (manager && sides_of(manager, kManager, context) == wrong_side(node)) report(node, manager, true, context);
  }
}

bool all_wrong(Node statement, Context& context) {
  for (const Node item : statement.child(Kind::with_clause).children()) {
    if (sides_of(expression_of(item), kManager, context) != wrong_side(statement)) return false;
  }
  return true;
}

text::TextEdit without_async(Node node, Context& context) {
  const std::string_view text = node.text();
  const auto length = static_cast<std::uint32_t>(text.find_first_not_of(" \t\\\r\n", 5));
  const std::uint32_t start = fixes::span_in_file(context.file(), context.place(node)).start;
  return {{start, start + length}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  Fixes fixes;
  if (node.is(Kind::with_statement) && !all_wrong(node, context)) {
    fixes.reason = "the statement takes managers of both kinds";
    return fixes;
  }
  const std::string_view keyword = node.is(Kind::with_statement) ? "with" : "for";
  if (node.is_async()) {
    fixes.offered.push_back(fixes::make_fix(fmt::format("Use a plain `{}`", keyword), fixes::Applicability::safe,
                                            {without_async(node, context)}));
    return fixes;
  }
  if (!context.in_coroutine(node)) {
    fixes.reason = fmt::format("an `async {}` cannot stand outside of an `async def`", keyword);
    return fixes;
  }
  fixes.offered.push_back(fixes::make_fix(fmt::format("Use `async {}`", keyword), fixes::Applicability::safe,
                                          {fixes::insert_before(context.file(), context.place(node), "async ")}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

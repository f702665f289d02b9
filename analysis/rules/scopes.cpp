#include "analysis/rules/scopes.hpp"

#include <string>

namespace surefoot::rules {

using knowledge::Provided;

Node manager_of(Node with_item) {
  Node value = without_parentheses(with_item.first_child());
  // `with (lock,):` has one manager; a tuple cannot be one.
  if (value.is(Kind::tuple) && value.child_count() == 1) value = without_parentheses(value.first_child());
  return value.is(Kind::as_pattern) ? without_parentheses(value.first_child()) : value;
}

Node item_of(Node manager) {
  const Node parent = manager.parent();
  const Node item = parent.is(Kind::as_pattern) ? parent.parent() : parent;
  return item.is(Kind::with_item) ? item : Node();
}

Node item_that_binds(std::string_view name, Node node) {
  for (Node outer = node.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (!outer.is(Kind::with_statement) || outer.is_async()) continue;
    for (std::uint32_t i = outer.index(); i < outer.child(Field::body).index(); ++i) {
      const Node item = outer.ast().node(i);
      const Node pattern = item.is(Kind::with_item) ? item.child(Kind::as_pattern) : Node();
      if (pattern && pattern.child(Field::alias).text() == name) return item;
    }
  }
  return {};
}

Node made_on(Node expression) {
  switch (expression.kind()) {
    case Kind::attribute:
      return expression.child(Field::object);
    case Kind::subscript:
      return expression.child(Field::value);
    case Kind::call:
      return expression.child(Field::function);
    case Kind::parenthesized_expression:
      return expression.first_child();
    default:
      return {};
  }
}

Node root_of(Node expression) {
  Node root = without_parentheses(expression);
  while (const Node inner = made_on(root)) root = without_parentheses(inner);
  return root;
}

std::optional<Provided> provided_by(Node with_item, Context& context) {
  const Node manager = manager_of(with_item);
  if (!manager) return std::nullopt;
  if (manager.is(Kind::call)) {
    const Type* callee = context.callee(manager);
    const knowledge::Provider* provider = callee != nullptr ? knowledge::find_provider(callee->name) : nullptr;
    if (provider != nullptr) return provider->what;
  }
  const Type* type = semantics::only(context.type_of(manager));
  if (type == nullptr || type->tag != Type::Tag::instance) return std::nullopt;
  const knowledge::Provider* provider = knowledge::find_provider(type->name);
  return provider != nullptr ? std::optional(provider->what) : std::nullopt;
}

std::optional<Provided> lock_kind(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::instance) return std::nullopt;
  const knowledge::Provider* provider = knowledge::find_provider(type->name);
  if (provider != nullptr) {
    const bool lock = provider->what == Provided::thread_lock || provider->what == Provided::async_lock;
    return lock ? std::optional(provider->what) : std::nullopt;
  }
  for (const std::string_view name : {"Lock", "RLock", "Condition", "Semaphore"}) {
    const std::string suffix(name);
    if (context.resolver().is_subclass(type->name, "threading." + suffix)) return Provided::thread_lock;
    if (context.resolver().is_subclass(type->name, "asyncio." + suffix)) return Provided::async_lock;
  }
  return std::nullopt;
}

bool may_cancel(std::optional<Provided> provided) {
  return provided == Provided::timeout || provided == Provided::cancel_scope || provided == Provided::task_group;
}

}  // namespace surefoot::rules

#include "analysis/rules/held_locks.hpp"

#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

bool is_thread_lock(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::instance) return false;
  const knowledge::Provider* facts = knowledge::find_provider(type->name);
  if (facts != nullptr && facts->what == knowledge::Provided::thread_lock) return true;
  for (const std::string_view name : {"threading.Lock", "threading.RLock", "threading.Condition"}) {
    if (context.resolver().is_subclass(type->name, name)) return true;
  }
  return false;
}

namespace {

// Visits each call of `acquire` or `release` in the function before the node: `visit(receiver, acquires)`.
template <typename Visit>
void for_each_lock_call(Node node, Context& context, const Visit& visit) {
  const Node function = context.enclosing_function(node);
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); body && i < node.index(); ++i) {
    const Node call = body.ast().node(i);
    const Node method = call.is(Kind::call) ? call.child(Field::function) : Node();
    if (!method.is(Kind::attribute) || context.enclosing_function(call) != function) continue;
    const std::string_view name = method.child(Field::attribute).text();
    if (name == "acquire" || name == "release") visit(method.child(Field::object), name == "acquire");
  }
}

// The innermost item of a `with` round the node that passes the test.
template <typename Test>
Node manager_around(Node node, const Test& test) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer) && child.field() == Field::body) return {};
    if (!outer.is(Kind::with_statement) || child.field() != Field::body) continue;
    for (const Node manager : managers_of(outer)) {
      if (test(manager)) return manager;
    }
  }
  return {};
}

bool speaks_of_lock(std::string_view text) {
  return has_word(text, {"lock", "locks", "locked", "mutex", "rlock", "sem", "semaphore", "cond", "condition", "cv",
                         "guard", "synchronized", "atomic", "exclusive", "transaction"}) ||
         text.find("lock") != std::string_view::npos;
}

}  // namespace

Node lock_held_at(Node node, Context& context) {
  if (const Node held = manager_around(node, [&](Node manager) { return is_thread_lock(manager, context); })) {
    return held;
  }
  Node held;
  for_each_lock_call(node, context, [&](Node lock, bool acquires) {
    if (acquires && is_thread_lock(lock, context)) held = lock;
    if (!acquires && held && held.text() == lock.text()) held = Node();
  });
  return held;
}

bool may_hold_lock(Node node, Context& context) {
  if (manager_around(
          node, [&](Node manager) { return is_thread_lock(manager, context) || speaks_of_lock(manager.text()); })) {
    return true;
  }
  bool acquires_any = false;
  for_each_lock_call(node, context, [&](Node, bool acquires) { acquires_any = acquires_any || acquires; });
  return acquires_any;
}

namespace {

// True when a method of the class has a node, in a `with` block that holds a lock, that passes the test. Code that
// calls `acquire()` may be of the lock itself.
template <typename Test>
bool any_in_locked_block(std::string_view name, Context& context, const Test& test) {
  const std::string container = context.unit().container;
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    if (inside.unit().container != container) return false;
    const auto is_lock = [&](Node manager) { return is_thread_lock(manager, inside); };
    for (std::uint32_t at = root.index(); at < root.after(); ++at) {
      const Node node = root.ast().node(at);
      if (test(node) && manager_around(node, is_lock)) return true;
    }
    return false;
  });
}

bool is_called_under_lock(Node function, Context& context) {
  const std::string_view name = function.child(Field::name).text();
  const std::string call = "self." + std::string(name);
  return any_in_locked_block(
      name, context, [&](Node node) { return node.is(Kind::call) && node.child(Field::function).text() == call; });
}

}  // namespace

bool is_changed_under_lock(Node assignment, Context& context) {
  const std::string place(assignment.child(Field::left).text());
  const std::string_view attribute = std::string_view(place).substr(place.rfind('.') + 1);
  const bool guarded = any_in_locked_block(attribute, context, [&](Node other) {
    const bool writes = other.is(Kind::augmented_assignment) || other.is(Kind::assignment);
    return writes && other.child(Field::left).text() == place;
  });
  return guarded && !is_called_under_lock(context.enclosing_function(assignment), context);
}

bool is_left_out_of_lock(Node assignment, std::string_view lock, Context& context) {
  if (!assignment.is(Kind::augmented_assignment)) return false;
  const bool guards = any_in_locked_block(lock.substr(lock.rfind('.') + 1), context, [](Node node) {
    return node.is(Kind::augmented_assignment) && node.child(Field::left).is(Kind::attribute) &&
           node.child(Field::left).child(Field::object).text() == "self";
  });
  return guards && !is_called_under_lock(context.enclosing_function(assignment), context);
}

}  // namespace surefoot::rules

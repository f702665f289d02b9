#pragma once
// Locks by what they are: which expressions name the same lock, where code takes one and how long it holds it.

#include <functional>
#include <optional>
#include <string>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct LockName {
  /// Equal for expressions that name the same lock: of the module, of a class, of the same object, of a function.
  std::string key;
  /// The same for orders in which locks are taken: what an object of a known class has is named by that class, whoever
  /// the object belongs to.
  std::string order;
  std::string_view type;    // "threading.Lock", "asyncio.Lock", …
  bool of_object = false;   // a part of `self`: another one in methods of another object
  bool reentrant = false;   // its holder may take it again
  bool of_asyncio = false;  // tasks wait for it, not threads
  Node local_to;            // the function that made it for itself (and for those inside of it); else null

  /// True when no other function can name it.
  bool is_local() const { return local_to && order == key; }
};

/// The lock (or condition) of threads, processes or asyncio that an expression names, by its type; nothing for
/// semaphores, for what is no name, and for a local of which it is not known which lock it is. `Condition(lock)` is
/// that lock. Reads other units only to see what a condition or an attribute is made of: what they declare.
std::optional<LockName> lock_name(Node expression, Context& context);

/// A place where code takes a lock: the item of a `with`, or a call of `acquire`.
struct Taking {
  Node site;  // the with_item or the call
  Node lock;  // the expression that names it
  LockName name;
  bool may_give_up = false;  // `acquire(blocking=False)`, `acquire(timeout=1)`
};
std::optional<Taking> taking_at(Node node, Context& context);

/// Calls `visit(node)` for each node of the function's own code that runs while a lock taken there is held: calls,
/// attributes, subscripts, comparisons and the items of `with` statements, in the order of the text. A lock that is
/// acquired without a `with` is held as far as the control flow leads to no release.
void for_each_while_held(const Taking& taking, Context& context, const std::function<void(Node node)>& visit);

/// True when the code of the function releases the lock before it comes to the node, or may do so: then it is not held
/// there although a caller took it.
bool is_released_before(Node node, const LockName& lock, Context& context);

}  // namespace surefoot::rules

#pragma once
// Locks of threads, and the code that runs while one is held.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a lock, condition or semaphore of threads (or processes), by its type.
bool is_thread_lock(Node expression, Context& context);

/// The lock, known by its type, that the function holds when it comes to the node: the item of a `with` round it, or
/// the receiver of an `acquire()` before it that no `release()` follows. Null when there is none.
Node lock_held_at(Node node, Context& context);

/// True when some lock may be held there: one known by its type, one that only its name speaks of, or one that the
/// function acquires somewhere before.
bool may_hold_lock(Node node, Context& context);

/// True when other methods of the class change the attribute that the assignment changes (`self.x += 1`) in a `with`
/// block that holds a lock, and none of them calls the method round the assignment in such a block. Reads other units:
/// for Rule::confirm.
bool is_changed_under_lock(Node assignment, Context& context);

/// The same where they change other numbers of the object, `self.y += 1`, and hold this lock, the only one of the class
/// (`self._lock`).
bool is_left_out_of_lock(Node assignment, std::string_view lock, Context& context);

}  // namespace surefoot::rules

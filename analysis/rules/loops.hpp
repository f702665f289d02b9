#pragma once
// Loops: whether they end, what leaves them, and what they are for.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// `True`, `1`, in parentheses or not.
bool is_always_true(Node condition);

/// True for a `for` that never ends by itself: `for _ in itertools.count():`.
bool iterates_for_ever(Node for_statement, Context& context);

/// True for a call that does nothing but let time go by: `time.sleep`, `asyncio.sleep` and those of other libraries.
bool is_sleep_call(Node call, Context& context);

/// The loop whose body a statement stands in, directly or inside `with` blocks and the bodies of `try` statements;
/// null when a condition, a handler or a function comes between.
Node loop_of_statement(Node statement);

/// True when the `while` runs as long as the program wants it to: `while True`, `while not self._stopped`,
/// `while self.running`, `while not stop.is_set()`, by the words of its condition.
bool runs_until_stopped(Node while_statement);

/// True when the loop round `guard` (a `try`, or a `with` that swallows errors) is left by `break` or `return` as soon
/// as its block `guarded` went well: the loop is there to try again.
bool ends_on_success(Node guard, Node guarded);

/// True when a `for` goes through the messages of a consumer, subscription or queue, by its type or its name.
bool iterates_over_messages(Node for_statement, Context& context);

}  // namespace surefoot::rules

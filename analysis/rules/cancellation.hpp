#pragma once
// Where the cancellation of a task goes: which handlers get it, and whether it is the function's own doing.

#include "analysis/rules/flow.hpp"

namespace surefoot::rules {

/// True when a cancellation that an `await` in the block meets arrives at the catcher: an except_clause or the
/// finally_clause of the block's `try`, or an item of its `with`.
bool cancellation_arrives(Node block, Node catcher, Context& context);

/// True when something in the block awaits a task that the function cancels before (or in the same loop):
/// `task.cancel()`, then `await task`; also through loops over tasks, wait_for, gather.
bool awaits_cancelled_task(Node block, Context& context);

/// True for the name of a function that ends something: `stop`, `aclose`, `__aexit__`, `_cancel_tasks`.
bool is_stopping_name(std::string_view name);

}  // namespace surefoot::rules

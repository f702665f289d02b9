#pragma once
// Calls that hand something over: a callable to a thread or process, a coroutine to the loop as a task.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for an asyncio event loop: by its type, or where nothing is known of that, by a name that means one (`loop`,
/// `self._loop`).
bool is_event_loop(Node expression, Context& context);

/// The bridge that a call is, with the configured `offload` wrappers taken for one that takes the callable first and
/// gives an awaitable; null when it is none or not known to be one.
const knowledge::Bridge* bridge_of(Node call, Context& context);

/// The spawner that a call is; null when it is none or not known to be one.
const knowledge::Spawner* spawner_of(Node call, Context& context);

/// True for `nursery.start_soon(…)`, a task of trio's or anyio's, by its type; where that is not known, by its name in
/// a file that uses one of them.
bool is_start_soon(Node call, Context& context);

/// The function that `functools.partial(f, …)`, also nested, calls; the expression itself, without parentheses, when it
/// is no such call.
Node without_partial(Node function, Context& context);

}  // namespace surefoot::rules

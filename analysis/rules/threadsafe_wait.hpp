#pragma once
// Waiting for a coroutine that was handed to a loop: `asyncio.run_coroutine_threadsafe(coroutine, loop).result()`. From
// the loop's own thread that never ends; from another loop's it blocks that one.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// What the method of a call is called on, parentheses taken off; null for a call of no method.
Node receiver_of(Node call);

/// The call of run_coroutine_threadsafe whose future this call waits for; null when it does something else.
Node handed_over_by(Node call, Context& context);

/// True when the function asks where it runs, or waits for the future in another way first.
bool asks_where_it_runs(Node call, Context& context);

/// True when the loop is one that was made beside the caller's: `asyncio.new_event_loop()`. Reads other units: for
/// Rule::confirm.
bool waits_for_other_loop(Node call, Context& context);

}  // namespace surefoot::rules

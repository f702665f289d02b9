#pragma once
// Functions that run in a thread of their own, or in one of a library: not in the one that called for it.

#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The place of the file that has a thread run the function (a function_definition or lambda of the context's unit): a
/// `Thread(target=f)`, `pool.submit(f)`, `to_thread(f)`, a timer, a callback of a library that has threads of its own;
/// the function's name where its class or decorator says so (`run` of a Thread, a plain `def` route that the framework
/// runs in a pool, `on_modified` of a watchdog handler). Nothing when no thread is known to run it. Reads other units:
/// for Rule::confirm.
std::optional<fixes::Place> thread_start_of(Node function, Context& context);

}  // namespace surefoot::rules

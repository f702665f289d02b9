#pragma once
// Where threads are started, and whether they may still run later.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when the call starts a thread that goes on: `thread.start()`, a first `submit`, a scheduler's `start`.
bool starts_thread(Node call, Context& context);

/// True when code of this file starts a thread that may still run when the call does: earlier in its function, in a
/// function called there, in a caller before it comes to this one, or when the module is imported. Reads other units:
/// for `confirm`.
bool may_run_threads(Node call, Context& context);

}  // namespace surefoot::rules

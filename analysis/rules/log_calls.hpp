#pragma once
// Calls that tell somebody: a log, the console.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a call that writes to a log or to the console: by what it calls, or where that is not known, by its method
/// (`self.log.warning(…)`).
bool is_log_call(Node call, Context& context);

}  // namespace surefoot::rules

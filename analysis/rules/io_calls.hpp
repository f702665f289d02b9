#pragma once
// Calls that talk to something outside of the process: the network, a database.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a call of a library that waits for the network or a database, and for one that does so when awaited.
bool is_io_call(Node call, Context& context);

/// True for one that does so when awaited, and is.
bool is_awaited_io_call(Node call, Context& context);

/// True when the call calls a function of this file that makes such a call, itself or through others. Reads other
/// units: for Rule::confirm.
bool calls_function_with_io(Node call, Context& context);

}  // namespace surefoot::rules

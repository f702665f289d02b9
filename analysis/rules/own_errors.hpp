#pragma once
// Functions that deal with their own errors.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when most of what the function does stands in a `try` whose `except` takes every error and does not raise it
/// again: whoever runs it in the background need not ask how it went.
bool handles_own_errors(Node function_definition);

}  // namespace surefoot::rules

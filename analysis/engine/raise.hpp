#pragma once
// Reports about what functions do that coroutines call. Internal to engine/.

#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

/// RT102, whose fix serves every report that was raised.
const rules::Rule& through_helper_rule();

}  // namespace surefoot::engine

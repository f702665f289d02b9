#pragma once
// Which functions of a file others call.

#include <functional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when `wanted` (a function_definition of the context's unit) is one of the functions that `is_root` names, or is
/// called by one of them, itself or through other functions of the file. Reads other units: for Rule::confirm.
bool is_reached_from(
    Node wanted, Context& context,
    const std::function<bool(const semantics::UnitModel& unit, const semantics::Function& function)>& is_root);

}  // namespace surefoot::rules

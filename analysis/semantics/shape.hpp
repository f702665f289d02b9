#pragma once
// What the other units of a file can see of one.

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

/// Fills in the model's shape: `declared`, `declared_by` and `shape_hash`.
void describe_shape(UnitModel& model);

}  // namespace surefoot::semantics

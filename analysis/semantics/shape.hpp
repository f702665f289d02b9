#pragma once
// What the other units of a file can see of one, as a number.

#include <cstdint>

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

/// Equal for models whose bindings, attributes, classes and signatures are the same; positions do not count.
std::uint64_t hash_shape(const UnitModel& model);

}  // namespace surefoot::semantics

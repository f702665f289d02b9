#pragma once
// What the other units of a file can see of one, as a number.

#include <cstdint>

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

/// True for a call with arguments of a plain name or of a method of the same object, `fetch(client)` or
/// `self.fetch(client)`: other units may ask it what the function's parameters are.
bool is_handing_call(const UnitModel& model, syntax::Node call);

/// Equal for models whose bindings, attributes, classes, signatures and handing calls are the same; positions do not
/// count.
std::uint64_t hash_shape(const UnitModel& model);

}  // namespace surefoot::semantics

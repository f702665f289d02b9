#pragma once
// What the other units of a file can see of one.

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

/// The name of the function to which the call hands something: of a plain name with arguments, `fetch(client)`, or of a
/// method of the same object, `self.fetch(client)`. Empty for other calls.
std::string_view handed_to(const UnitModel& model, syntax::Node call);

UnitShape describe_shape(const UnitModel& model);

}  // namespace surefoot::semantics

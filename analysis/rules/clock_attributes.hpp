#pragma once
// Points in time that objects keep of the system's clock, only to ask later how long ago that was.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The attribute of `self` from which the comparison counts a span of time: `time.time() - self.seen > limit`,
/// `self.seen + limit < time.time()`. Null when it counts none, or from something else.
Node attribute_aged_by(Node comparison, Context& context);

/// The attribute of `self` that an assignment sets to a deadline: `self.until = time.time() + limit`. Null for others,
/// and for a limit that comes in a message, or counts days.
Node attribute_set_ahead(Node assignment, Context& context);

/// True when the file does nothing else with the attribute of the class than to keep readings of the clock and
/// deadlines in it, to count from them and to set them against the clock, and no base of the class stores what its
/// objects have. Reads other units: for Rule::confirm.
bool is_only_aged(Node attribute, Context& context);

}  // namespace surefoot::rules

#pragma once
// Functions that more than one thread runs.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when code of this file has several threads run the function of the context's unit at once: it is the target of
/// threads that a loop makes, is mapped or submitted more than once, or handles the requests of a threading server, or
/// such a function calls it, at any depth, with no lock held. `of_self`: asks for the same object's method. Reads other
/// units: for `confirm`.
bool runs_in_several_threads(Node function, bool of_self, Context& context);

/// True when the call alone has several threads run what it hands over. `of_self`: on the same object. Looks at its own
/// unit only.
bool starts_several_threads(Node call, bool of_self, Context& context);

}  // namespace surefoot::rules

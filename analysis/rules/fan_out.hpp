#pragma once
// How many times code starts something: the size of what it runs through, and what limits it on the way.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when the iterable is known to be short (a literal, `range(10)`, an enumeration) or a part that somebody has cut
/// off (a slice, a chunk, a batch, `range(workers)`). Names of the module are looked up, so this may read other units:
/// call it with `whole_file` in Rule::confirm only.
bool is_short(Node iterable, Context& context, bool whole_file);

/// True when the code round the node, its function, limits how much of it runs at once: it enters or acquires a
/// limiter, or hands one on.
bool is_limited_here(Node node, Context& context);

/// For Rule::confirm: true when the function that the call calls (or that the expression names), or one that it calls,
/// enters a limiter or takes its work from a queue. Reads other units.
bool limits_itself(Node call, Context& context);

}  // namespace surefoot::rules

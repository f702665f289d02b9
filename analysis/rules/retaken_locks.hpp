#pragma once
// Locks that code takes while it holds them already, or while it holds others.

#include <functional>
#include <optional>
#include <vector>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/lock_names.hpp"

namespace surefoot::rules {

/// True when the lock is one of these.
bool is_among(const std::vector<Taking>& held, const LockName& lock);

/// The locks that are held at the node by the function that it stands in, in the order in which they are taken.
std::vector<Taking> locks_held_at(Node node, Context& context);

/// The same, and before them those that all the callers of the function in this file hold. Reads other units: for
/// Rule::confirm.
std::vector<Taking> locks_held_with_callers(Node node, Context& context);

/// True when a function that the node runs may take the lock: one of this file that works on the same object, or the
/// lock is not part of an object. What the function does is not looked at.
bool may_reach(const Run& run, const LockName& lock, Context& context);

/// True when the function surely waits for the lock there, whatever its caller says, and has not given it back before.
bool takes_for_sure(const Taking& taking, Context& context);

/// A place of the file where a lock is taken.
struct PlacedTaking {
  std::size_t unit = 0;
  Taking taking;
};
/// Calls `visit` for each lock that the function waits for, itself or through functions of this file that it runs, as
/// long as it gives false. Left out is what happens only when the caller says that it does not hold the lock (`if not
/// locked:`), and what `held` is given back for first. Gives what `visit` took. Reads other units: for Rule::confirm.
std::optional<PlacedTaking> find_taking(const Run& run, const LockName& held, Context& context,
                                        const std::function<bool(const Taking& taking, bool same_object)>& visit);

/// Calls `visit(place, run)` for each place at which the taken lock is taken again while it is held: at once (`run` is
/// null; the place is the expression that names the lock), or maybe by the function that the place runs.
void for_each_retaking(const Taking& taking, Context& context,
                       const std::function<void(Node place, const Run* run)>& visit);
/// Where the function that the place runs takes a lock that is held there, of asyncio or not, and its holder may not
/// take again. For Rule::confirm.
std::optional<PlacedTaking> retaken_through(Node place, bool of_asyncio, Context& context);

/// What a place is called in a message: `self.flush` for a call of it.
Node shown(Node place);

}  // namespace surefoot::rules

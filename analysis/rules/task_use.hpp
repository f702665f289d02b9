#pragma once
// What code does with a task, or with a container of tasks, where it names one.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when the code at `mention` (`task`, `self._task`, `self.tasks`) only looks at the task, cancels it, binds it,
/// or takes it out of its container; false when it awaits the task, waits until it is done, asks for its result, or
/// hands it to code that may do so. Follows the names that it gives the task, and loops over a container.
bool is_only_watched(Node mention, Context& context);

/// True when that holds for each place below `tree` that names the same.
bool is_only_watched_in(Node tree, Node name, Context& context);

/// The value at the place in an assignment's target that `value`, on its right side, goes to: `task` of
/// `task, self._task = self._task, None`; null when that cannot be told.
Node assigned_target(Node value);

/// What a name stands for, taken out of what holds it: `self.tasks` of `list(self.tasks.values())`, `self.tasks[key]`,
/// `self.tasks.pop(key)`; itself for a plain name. Null for anything else.
Node holder_of(Node expression);

/// True for an asyncio.Task.
bool is_task(Node expression, Context& context);

/// True for a call that starts a task which a group or nursery owns.
bool is_owned_by_group(Node expression, Context& context);

/// The container and the value of a call that puts something into a container: `self.tasks.add(task)`. Null otherwise.
struct Kept {
  Node container;
  Node value;
};
Kept kept_by(Node call);

}  // namespace surefoot::rules

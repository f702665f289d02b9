#pragma once
// Keeping a task alive until it is done: the event loop itself holds only a weak reference to it
// (Python library reference, asyncio.create_task).

#include <optional>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// What a statement does with the call that starts a task: nothing, or binds it to a local that nothing reads.
struct LooseTask {
  Place call;
  Place statement;      // the expression_statement
  syntax::Node target;  // the local; null when there is none
};

/// `asyncio.create_task(f())` -> `task = …`, `_background_tasks.add(task)`,
/// `task.add_done_callback(_background_tasks.discard)`. The set is made behind the imports where the module has none.
Fixes keep_in_set(const FileView& file, const LooseTask& task);

/// The rest of the coroutine in `async with asyncio.TaskGroup() as tasks:`, with the tasks that it starts in the group.
/// Nothing where the target has no task groups (before Python 3.11) or it would not be right: the statement is not one
/// of the coroutine's own block, nothing is awaited behind it, the coroutine yields.
std::optional<Fix> own_in_group(const FileView& file, const LooseTask& task);

}  // namespace surefoot::fixes

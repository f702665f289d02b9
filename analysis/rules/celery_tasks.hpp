#pragma once
// Celery tasks: which functions are some, and what code does with them. Source: Celery documentation, "Tasks",
// "Calling Tasks", "Canvas".

#include <string_view>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The decorator that makes a function, which may be one of another file, a task: `@app.task`,
/// `@shared_task(bind=True)`. Null for a function that is none.
Node celery_decorator(const semantics::UnitModel& unit, const semantics::Function& function, Context& context);
/// The same of a function_definition of the context's unit.
Node celery_decorator(Node function_definition, Context& context);

/// The value that the decorator gives to an option of the task; null when it gives none.
Node task_option(Node decorator, std::string_view name);
/// True where options may stand that are not seen: `@app.task(**options)`.
bool has_unseen_options(Node decorator);
/// True when other decorators stand between this one and the function: what they make of it becomes the task.
bool decorates_another(Node decorator);

/// True for `run` of a class of tasks: `class Import(celery.Task)`. The function is one of the context's unit.
bool is_task_method(const semantics::Function& function, Context& context);

/// The task whose code the node is in, also inside of nested functions: a function with such a decorator, or one
/// that is_task_method. Null outside of tasks. The node is one of the context's unit.
Node task_around(Node node, Context& context);

/// The function that a call runs right here, when that is a task: `add(1, 2)`. Null for all else.
const semantics::Function* function_called_inline(Node call, Context& context);

/// True for the task that is running: `self` of a task with `bind=True`, `self` in a class of tasks, and a task by its
/// name.
bool is_task_object(Node expression, Context& context);

/// True for a call that hands work to a worker: `task.delay(…)`, `task.apply_async(…)`, `app.send_task(…)`.
bool is_enqueue(Node call, Context& context);
/// False when no call of it can (Rule::concerns).
bool may_enqueue(const Callee& callee);

/// The values that an enqueueing call, or one that makes a signature (`task.s(…)`) or `partial(task.delay, …)`, hands
/// to the task: its arguments, or what stands in the displays `args=(…)` and `kwargs={…}`.
std::vector<Node> values_for_task(Node call, Context& context);

}  // namespace surefoot::rules

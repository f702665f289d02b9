#pragma once
// Threads, processes and pools of them: what makes one, and what hands work to it.

#include <optional>
#include <string>

#include "analysis/rules/handover.hpp"

namespace surefoot::rules {

enum class Workers : std::uint8_t { none, threads, processes, unknown };

/// What the executor or pool that a call makes runs its work in; `none` when the call makes none.
Workers pool_made_by(Node call, Context& context);

/// Likewise for a value that is an executor or pool; `unknown` for an executor of which no more is known.
Workers pool_of(Node expression, Context& context);

/// True for `process.start()` of `multiprocessing`.
bool starts_process(Node call, Context& context);

/// False when pool_made_by tells of no call of it (Rule::concerns).
bool may_make_pool(const Callee& callee);

/// A call that has a function run by a thread or process: `Thread(target=f)`, `pool.submit(f)`, `to_thread(f)`.
struct HandedWork {
  const knowledge::Bridge* bridge = nullptr;
  std::string name;  // of what is called: "concurrent.futures.ThreadPoolExecutor.submit"
  Workers workers = Workers::unknown;
  bool many = false;  // the function runs once for each item: `pool.map(f, items)`
  Node function;      // parentheses taken off; null when it is not seen
};
std::optional<HandedWork> handed_work(Node call, Context& context);

/// The function of this file that is handed over, looked at through `partial` and a lambda that only calls it; null
/// when it is something else.
const Type* handed_function(const HandedWork& work, Context& context);

/// The plain function of another file of the project that the call has a thread run, named as it is; null function when
/// it is none.
semantics::FunctionRef handed_elsewhere(Node call, Context& context);

/// True for a lambda, and for a function defined inside another one.
bool is_nested_or_lambda(const Type& type);

/// A call in one of the file's units.
struct PlacedCall {
  std::size_t unit = 0;
  Node call;
};
/// The call that a local, a module-level name or an attribute of `self` has its value from, when all that is bound to
/// it otherwise is None. Reads other units: for `confirm` and `fix`.
std::optional<PlacedCall> maker_of(Node expression, Context& context);

}  // namespace surefoot::rules

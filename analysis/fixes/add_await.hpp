#pragma once
// Putting an `await` where one is missing.

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// `f().x` -> `(await f()).x`. Nothing, with the reason, where an `await` cannot stand. In the generator expression of
/// `any(f(x) for x in y)`, which would become an asynchronous one, it becomes a list. `misplaced`, when not null, is an
/// `await` in front of a longer expression (`await f().x`) that moves: `(await f()).x`.
Fixes await_value(const FileView& file, const Place& expression, syntax::Node misplaced);

}  // namespace surefoot::fixes

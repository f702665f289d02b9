#pragma once
// Putting an `await` where one is missing.

#include <string_view>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// `f().x` -> `(await f()).x`. Nothing, with the reason, where an `await` cannot stand. In the generator expression of
/// `any(f(x) for x in y)`, which would become an asynchronous one, it becomes a list. `misplaced`, when not null, is an
/// `await` in front of a longer expression (`await f().x`) that moves: `(await f()).x`.
Fixes await_value(const FileView& file, const Place& expression, syntax::Node misplaced);

/// `rows.get(1)` -> `await rows.aget(1)`: a method's twin in its place. `call` is one of an attribute.
std::vector<text::TextEdit> await_twin(const FileView& file, const Place& call, std::string_view twin);

}  // namespace surefoot::fixes

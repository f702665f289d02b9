#pragma once
// Moving statements that belong together into a function that runs in a thread.

#include <string_view>
#include <vector>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// Statements of one block that are to move.
struct Extraction {
  Place first;
  Place last;                       // `first`, or a sibling behind it
  std::string_view name;            // for the new function, if it is free
  std::vector<syntax::Node> calls;  // of `with` items whose block runs to its end unless it raises
};

/// `with open(p) as file: data = file.read()` ->
///
///     def read():
///         with open(p) as file:
///             data = file.read()
///         return data
///
///     data = await asyncio.to_thread(read)
///
/// What the statements read stays a closure's read; names that they change become parameters, names that are read
/// behind them become the value. Statements that always end in `return` give the value of the coroutine. No fix, with
/// the reason, where it would not do the same: control flow leaves the statements on the way, they await, a name may
/// not be set.
Fixes extract_block(const FileView& file, const Extraction& extraction);

}  // namespace surefoot::fixes

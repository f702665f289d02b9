#pragma once
// Taking arguments out of calls.

#include <optional>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// Removes one argument of a call (a child of its argument list) with its comma. Nothing when comments stand between it
/// and its neighbours, since they may speak of it.
std::optional<text::TextEdit> remove_argument(const FileView& file, const Place& argument);

}  // namespace surefoot::fixes

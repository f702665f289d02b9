#pragma once
// Telling of an error where it was swallowed.

#include <string_view>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// Writes the exception and its traceback to the log at the start of a handler, through the module's own logger where
/// it has one, else through `logging`. `first` is the handler's first statement; a `pass` or `...` is replaced.
Fixes log_error(const FileView& file, const Place& first, std::string_view message);

}  // namespace surefoot::fixes

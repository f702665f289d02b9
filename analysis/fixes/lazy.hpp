#pragma once
// Making a value when it is first asked for, once.

#include <string>
#include <string_view>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// The head of a function without parameters that keeps what it gives, up to where the value goes:
/// "@functools.cache⏎def name() -> T:⏎    return ". `decorator`: "functools.cache", as the file reaches it.
std::string cached_function(const FileView& file, std::string_view decorator, std::string_view name,
                            std::string_view annotation);

/// Turns `_NAME = …` at the top level, which the call is a part of, into such a function, and calls it where functions
/// of the file read the name. Names without an underscore are left alone: other files may import them. `has_cache`: the
/// target version has `functools.cache` (Python 3.9).
Fixes make_lazy(const FileView& file, const Place& call, bool has_cache);

}  // namespace surefoot::fixes

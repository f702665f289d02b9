#pragma once
// Handing a function to a thread, a process or the loop the right way.

#include <cstdint>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// How the call takes the arguments of the function that is handed to it.
enum class Takes : std::uint8_t {
  all,         // take(f, *args, **kwargs)
  positional,  // take(f, *args)
  tuple,       // take(f, args=(…))
  nothing,     // take(f)
};

/// `take(f(x))` -> `take(f, x)`, or whatever `takes` needs (`args=(x,)`, `functools.partial`). `inner` is an argument
/// of `outer`.
Fixes pass_function(const FileView& file, const Place& outer, syntax::Node inner, Takes takes);

/// `await take(f, x)` -> `await f(x)`, where `function` is the argument `f` of `outer`.
Fixes call_directly(const FileView& file, const Place& outer, syntax::Node function, Takes takes);

/// `await take(f(x))` -> `await f(x)`.
Fixes await_argument(const FileView& file, const Place& outer, syntax::Node inner);

/// `take(f, x)` -> `await take(f, x)`.
Fixes await_call(const FileView& file, const Place& call);

}  // namespace surefoot::fixes

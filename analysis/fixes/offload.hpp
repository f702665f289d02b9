#pragma once
// Moving a blocking call off the event loop: the wrap in a thread, in the dialect of the project.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// The event-loop library that a file is written for.
enum class LoopLibrary : std::uint8_t { asyncio, anyio, trio };

/// By the file's imports: trio or anyio when it imports that and not asyncio.
LoopLibrary loop_library(const FileView& file);

/// `f(a, k=v)` -> `await asyncio.to_thread(f, a, k=v)`, or the file's own dialect (a configured wrapper, anyio, trio,
/// run_in_threadpool). No fix, with the reason, where an `await` cannot stand or the name of the module is shadowed.
Fixes offload_call(const FileView& file, const Place& call);

/// `open(p).read()` -> `await asyncio.to_thread(lambda: open(p).read())`: as offload_call, for an expression of several
/// steps that belong together.
Fixes offload_expression(const FileView& file, const Place& expression);

/// A call of a function in a thread, as text, and what it needs.
struct Offload {
  std::string expression;             // `await asyncio.to_thread(name, argument)`
  std::string label;                  // `asyncio.to_thread`
  std::vector<text::TextEdit> edits;  // imports
  std::string problem;                // why it cannot be done; else empty
};

/// Runs the function of this name with these arguments in a thread, in the file's dialect, at a place where an `await`
/// may stand.
Offload offload_function(const FileView& file, const Place& place, std::string_view name,
                         const std::vector<std::string>& arguments);

/// `time.sleep(x)` -> `await asyncio.sleep(x)` (or anyio's, trio's).
Fixes async_sleep(const FileView& file, const Place& call);

}  // namespace surefoot::fixes

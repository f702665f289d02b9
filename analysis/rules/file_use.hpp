#pragma once
// Calls that read or write files, and the handles they give.

#include <optional>

#include "analysis/rules/event_loop.hpp"

namespace surefoot::rules {

/// A call in a coroutine that reads or writes a file; in the strict profile also one that asks for a file's metadata.
/// Calls that wait for something else as well (the network, a process), and those that compute for long, are none.
std::optional<BlockingCall> file_call(Node call, Context& context);

/// True when the value is a file, or made of one, that a file_call of the same function opened: `f`, `f.buffer`,
/// `csv.reader(f)`, `archive.open(name)`.
bool comes_from_opened_file(Node expression, Context& context);

/// True when the value is an in-memory file (`io.BytesIO`), or made of one.
bool is_in_memory(Node expression, Context& context);

/// True when the value is known to be an open file.
bool is_file_handle(Node expression, Context& context);

}  // namespace surefoot::rules

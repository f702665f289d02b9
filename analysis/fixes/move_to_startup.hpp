#pragma once
// Moving what a module makes at its import into the function that runs when the program starts.

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// Moves the top-level statement that the call stands in (`session = aiohttp.ClientSession()`,
/// `asyncio.create_task(f())`) to the beginning of the function `startup`, which sets the name for the module. In its
/// old place the name's type is left, where the file shows it. Only functions may use the name, and nothing else may
/// set it.
Fixes move_to_startup(const FileView& file, const Place& call, const Place& startup);

}  // namespace surefoot::fixes

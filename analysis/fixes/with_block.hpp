#pragma once
// From a resource that is closed by hand, or not at all, to a `with` that closes it.

#include <cstdint>
#include <string_view>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// How a resource is entered.
enum class Entering : std::uint8_t {
  with,
  async_with,
  closing,  // its own `with` does not close it: `with contextlib.closing(…)`
};

/// `file = open(path)` and the statements behind it that use the name -> `with open(path) as file:` round them; a
/// `file.close()` at their end goes. No fix, with the reason, where the name is used outside of the block, the lines
/// cannot be moved, or nothing is done with it. `statement` is the expression_statement.
Fixes hold_in_with(const FileView& file, const Place& statement, Entering entering);

/// `data = open(path).read()` -> `with open(path) as file:` round the statement, which then uses `file`. `resource` is
/// the expression that opens it; `name` what to call it.
Fixes open_in_with(const FileView& file, const Place& resource, Entering entering, std::string_view name);

}  // namespace surefoot::fixes

#pragma once
// Making a module's name available where a fix needs it.

#include <optional>
#include <string>
#include <string_view>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// How to reach a module or one of its names at a place.
struct Import {
  std::string name;                    // what to write there ("asyncio", "aio", "run_in_threadpool")
  std::optional<text::TextEdit> edit;  // the import statement to insert, when one is missing
  std::string problem;                 // why it cannot be done ("`asyncio` is shadowed on line 3"); else empty
};

/// `module` ("asyncio", "anyio.to_thread") as `import module`; an import that is there already is used, under its
/// alias.
Import import_module(const FileView& file, const Place& place, std::string_view module);

/// `name` of `module` as `from module import name`.
Import import_name(const FileView& file, const Place& place, std::string_view module, std::string_view name);

/// True when the file imports the module, or something of it, at its top level.
bool imports(const FileView& file, std::string_view module);

/// True for a module of the standard library, by its top-level name.
bool is_standard_library(std::string_view module);

}  // namespace surefoot::fixes

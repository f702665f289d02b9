#pragma once
// Which Python a project says that it needs, where pyproject.toml's `requires-python` does not. Any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/semantics/python_version.hpp"

namespace surefoot::engine {

using semantics::PythonVersion;

/// As parse_requires_python() (engine/config.hpp), of a Poetry constraint, which also knows "^3.9" and "~3.9".
std::optional<PythonVersion> parse_poetry_python(std::string_view constraint);

/// What a setup.cfg or setup.py says of the Python it needs: `python_requires = >=3.9`, `python_requires=">=3.9"`.
struct StatedPython {
  PythonVersion version;
  std::uint32_t line = 0;  // 0-based
};
/// The first that is written out; nothing where there is none, or one that names no lowest version.
std::optional<StatedPython> find_python_requires(std::string_view text);

}  // namespace surefoot::engine

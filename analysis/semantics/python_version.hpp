#pragma once
// A Python version, and what the project's configuration says about its code.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace surefoot::semantics {

/// Such as 3.12; comparable.
struct PythonVersion {
  std::uint16_t major = 3;
  std::uint16_t minor = 11;
  bool free_threaded = false;  // a build without the GIL ("3.13t"); counts last in comparisons
  auto operator<=>(const PythonVersion&) const = default;
};

/// The part of the configuration that says what the code is, as against what to report about it.
struct ProjectFacts {
  std::optional<PythonVersion> target_version;                      // `target-version`, else `requires-python`
  std::vector<std::string> blocking, non_blocking, offload, spawn;  // qualified names
  std::vector<std::string> frameworks;
  std::optional<std::uint32_t> workers, max_connections;

  PythonVersion target() const { return target_version.value_or(PythonVersion{}); }
  bool operator==(const ProjectFacts&) const = default;
};

}  // namespace surefoot::semantics

#pragma once
// The virtual environment of a project, whose packages its imports may mean. Any thread.
// Sources: PEP 405 (pyvenv.cfg; where the packages are), Ruff's and Pyright's manuals on how they look for it.

#include <cstddef>
#include <string>

#include "analysis/engine/config.hpp"

namespace surefoot::server {

/// The folder of the packages of the environment: of the one that $VIRTUAL_ENV names, else of `.venv` or `venv` in the
/// project's root. Absolute; empty when there is none.
std::string packages_of(const std::string& root);

/// The same where the configuration has imports followed into it; empty where it has not.
std::string packages_followed(const engine::Config& config, const std::string& root);

/// True for the path of a file that stands in the packages of some environment.
bool is_in_packages(const std::string& path);

/// How far imports are followed into packages: that many from file to file, and no further files than these.
inline constexpr std::size_t kDeepestImport = 16;
inline constexpr std::size_t kMostLibraryFiles = 2000;
/// Larger ones are data, or were generated.
inline constexpr std::size_t kLargestLibraryFile = std::size_t{1} << 20U;
/// Bounds the time: of all files of packages together. Bytes, and not seconds, so that answers are the same each time.
inline constexpr std::size_t kMostLibraryBytes = std::size_t{32} << 20U;

}  // namespace surefoot::server

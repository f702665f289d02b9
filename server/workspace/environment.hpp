#pragma once
// The virtual environment of a project, whose packages its imports may mean. Any thread.
// Sources: PEP 405 (pyvenv.cfg; where the packages are), Ruff's and Pyright's manuals on how they look for it.

#include <cstddef>
#include <string>

namespace surefoot::server {

/// The folder of the packages of the environment: of the one that $VIRTUAL_ENV names, else of `.venv` or `venv` in the
/// project's root. Absolute; empty when there is none.
std::string packages_of(const std::string& root);

/// How far imports are followed into packages: that many from file to file, and no further files than these.
inline constexpr std::size_t kDeepestImport = 16;
inline constexpr std::size_t kMostLibraryFiles = 2000;
/// Larger ones are data, or were generated.
inline constexpr std::size_t kLargestLibraryFile = std::size_t{1} << 20U;

}  // namespace surefoot::server

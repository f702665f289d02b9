#pragma once
// `surefoot config`: the configuration in force for a path, and where each value comes from.

#include <string>

#include "server/cli/check.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

/// Prints the configuration as TOML with the origin of each value as a comment. `path` is a file or folder. Of the
/// options only those that concern the configuration count. The exit status.
int run_config(const std::string& path, const CheckOptions& options, Console& console);

}  // namespace surefoot::server

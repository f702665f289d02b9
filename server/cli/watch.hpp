#pragma once
// `check --watch`: a check, and another whenever a file that it reads has changed.

#include "server/cli/check.hpp"
#include "server/cli/console.hpp"
#include "server/cli/watcher.hpp"

namespace surefoot::server {

/// The files and folders that a check with these options depends on.
WatchedPaths paths_to_watch(const CheckOptions& options);

/// Goes on until the watcher cannot or nobody reads the output any more. The status of the last check.
int check_and_watch(const CheckOptions& options, Console& console, Watcher& watcher);

}  // namespace surefoot::server

#pragma once
// The program's command line: `surefoot server|check|rule|rules|explain|graph|config`.

#include <string>
#include <vector>

#include "server/cli/console.hpp"

namespace surefoot::server {

/// Runs one command. `arguments` without the program's name; `working_folder` absolute. `cache_folder`: where results
/// are kept where no option says it, absolute; empty for nowhere. The exit status: see ExitStatus. Never throws.
int run_command_line(const std::vector<std::string>& arguments, const std::string& working_folder, Console& console,
                     const std::string& cache_folder = {});

/// Sets up the process (streams, colours, signals) and runs its command line. A reader that leaves early (`| head`) is
/// no error.
int run_process(int argc, const char* const* argv);

}  // namespace surefoot::server

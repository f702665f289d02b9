#pragma once
// `surefoot explain`: why a function blocks, and who reaches it.

#include <string>
#include <string_view>

#include "server/cli/check.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

/// Explains the function at `place`, "FILE:LINE" (a column behind it does not matter), over all files of the project
/// that the file belongs to. `format` is "text" or "json": one object {function, kind, filename, location,
/// end_location, summary, effects, reached_by}. Of the options only those that concern the configuration count. The
/// exit status; a place that there is not is one line of error.
int run_explain(std::string_view place, std::string_view format, const CheckOptions& options, Console& console);

}  // namespace surefoot::server

#pragma once
// `surefoot graph`: the calls by which coroutines and imports reach what blocks, drawn.

#include <string>
#include <vector>

#include "server/cli/check.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

struct GraphOptions {
  std::vector<std::string> paths = {"."};  // ways start in these files and folders; in tests, if these are all
  std::string format = "mermaid";          // or "dot"
  std::string function;                    // only ways through this one; empty: all
};

/// Prints the graph; the same files give the same text. Of the options of `check` only those that concern the
/// configuration count. The exit status; a function that there is not is one line of error that names the nearest.
int run_graph(const GraphOptions& graph, const CheckOptions& options, Console& console);

}  // namespace surefoot::server

#pragma once
// The part of a call graph that matters: the functions on the ways from code that must not be held up to what holds it
// up. Any thread.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/call_graph.hpp"

namespace surefoot::engine {

struct HotPaths {
  /// What is done at the end of ways; each once, whoever does it.
  struct Sink {
    std::string name;  // "requests.get"
    std::string what;  // "waits for the network"
    auto operator<=>(const Sink&) const = default;
  };
  struct Edge {
    std::uint32_t caller = 0;
    std::uint32_t callee = 0;  // for `to_sinks`: the number of a sink
    project::Runs runs = project::Runs::body;
    auto operator<=>(const Edge&) const = default;
  };

  std::vector<std::uint32_t> functions;  // numbers in the graph, sorted
  std::vector<Sink> sinks;               // sorted
  std::vector<Edge> edges;               // sorted, each once
  std::vector<Edge> to_sinks;            // likewise
};

/// The ways from coroutines, from what the event loop calls and from what runs at import to whatever must not be done
/// there. `is_start`: whether ways may start at a function.
HotPaths hot_paths(const project::CallGraph& graph,
                   const std::function<bool(const project::CallGraph::Function&)>& is_start);

/// The ways through these functions: from whatever runs them, down to all that they do.
HotPaths paths_through(const project::CallGraph& graph, const std::vector<std::uint32_t>& functions);

}  // namespace surefoot::engine

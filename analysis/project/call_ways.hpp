#pragma once
// Shortest ways through a call graph: down to what a function does, and up to what runs it. Ties break by name, then by
// place. Any thread.

#include <cstdint>
#include <vector>

#include "analysis/project/call_graph.hpp"

namespace surefoot::project {

/// Where code runs, and what brings it there.
enum class Where : std::uint8_t {
  coroutine,  // on the event loop, in a coroutine
  callback,   // on the event loop, which calls it by itself
  import,     // while a module is imported
  thread,
  process,
  web_request,
  consumer,  // in a worker, for each job or message
  program,   // in the main program
  caller,    // wherever: what is called runs on the event loop in any case
};

/// From a function down to a cause, or from whatever runs it down to the function.
struct Way {
  std::vector<std::uint32_t> calls;  // numbers of calls, in the order in which they are made
  std::uint32_t function = 0;        // where the way starts
  CallGraph::Cause cause;            // where it leads, for the ways down
  Where where = Where::coroutine;    // how it starts, for the ways up
};

/// One way to each cause that the function's own code and its calls lead to, of those with the same code and name the
/// nearest; the shortest way first. What runs elsewhere (another thread, a coroutine of its own) has no part in it.
std::vector<Way> ways_down(const CallGraph& graph, std::uint32_t function);

/// One way from each place that the code of the function can run in: from a coroutine, from a module's code, from a
/// call that hands it or a caller of it over to a thread. Sorted by Where, then by the name of what starts the way. A
/// coroutine runs on the event loop whoever calls it; so of its callers each starts a way of one call.
std::vector<Way> ways_up(const CallGraph& graph, std::uint32_t function);

}  // namespace surefoot::project

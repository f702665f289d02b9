#pragma once
// What there is to tell about one function: what it does, and by which calls; where it runs, and what brings it there.
// In words, for whoever shows it. Sites and the function are views of the graph, which must outlive them. Any thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/call_graph.hpp"
#include "analysis/project/call_ways.hpp"

namespace surefoot::engine {

/// One step of a chain.
struct Step {
  project::Site site;
  std::string message;  // "`load` calls `Repo.fetch`"
};

struct EffectChain {
  std::string_view code;    // of the rule that speaks of it; static
  std::string name;         // "requests.get"
  std::string what;         // "waits for the network"
  project::Site cause;      // where it is done
  std::vector<Step> steps;  // down to the cause, which is the last one
};

struct ReachChain {
  project::Where where = project::Where::coroutine;
  std::uint32_t function = 0;  // what starts it, by its number in the graph
  std::string name;            // "order_view", or the path of a module
  project::Site site;          // its definition
  std::vector<Step> steps;     // from there down to the function; none when it is called from outside the project
  bool in_tests = false;       // it starts in a test, and the function is no test's
};

struct Explanation {
  std::uint32_t number = 0;  // of the function in the graph
  project::CallGraph::Function function;
  std::vector<EffectChain> effects;  // what holds up the event loop first, then the nearest first
  std::vector<ReachChain> reached;   // by Where, then by name, those from tests behind; see project::ways_up
};

Explanation explain(const project::CallGraph& graph, std::uint32_t function);

/// True for an effect that holds up whatever runs it, by the code of the rule that speaks of it.
bool is_blocking(std::string_view code);
/// True when the explained function itself, or something it calls, holds up whatever runs it.
bool blocks(const Explanation& explanation);
/// The number of chains of this kind that do not start in a test.
std::size_t count(const Explanation& explanation, project::Where where);
/// The number of chains that do; they are the last ones.
std::size_t count_in_tests(const Explanation& explanation);

/// "event-loop", "import", "worker-thread", …: for programs.
std::string_view to_string(project::Where where);
/// What a chain starts from: "coroutine `order_view`", "import of `app/config.py`".
std::string describe(const ReachChain& chain);

/// "sync · blocks: requests.get at client.py:30 · reached from the event loop by 3 coroutines". `shown` writes a site;
/// `scope` says of which files that is true (" in the files known so far"), empty for all.
std::string headline(const Explanation& explanation, const std::function<std::string(const project::Site&)>& shown,
                     std::string_view scope = {});

}  // namespace surefoot::engine

#pragma once
// The refactoring "make this function async": a plain function that blocks, with what it calls on the way to what
// blocks and all that call these, becomes a coroutine, and every call is awaited. Correct for all files of the project,
// or refused with the reason. Any thread.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/project/call_graph.hpp"
#include "analysis/project/program.hpp"

namespace surefoot::engine {

/// What blocks a function, each with a cure for coroutines that the tables know.
struct AsyncWish {
  struct Sink {
    project::ModulePtr module;
    text::Span call;        // in the file
    std::string_view code;  // of the rule that speaks of it; static
  };
  std::string name;         // of the function that was asked about
  std::vector<Sink> sinks;  // each once
};

/// The wish for a function of the graph; nothing when it is a coroutine, does not block, or is blocked by something
/// that has no asynchronous twin. `program` has the modules of the graph.
std::optional<AsyncWish> wish_for(const project::CallGraph& graph, std::uint32_t function,
                                  const project::Program& program, const std::shared_ptr<const Config>& config);

struct AsyncPlan {
  struct File {
    project::ModulePtr module;  // as it is
    std::string text;           // as it will be
  };
  /// Of all functions that change. The plan holds only if the program has every file of the project in which one of
  /// them stands: read these and plan again.
  std::set<std::string> names;
  std::vector<File> files;  // sorted by location; empty when there is an obstacle
  std::string obstacle;     // "`load` is called when `app/main.py` is imported"
};

AsyncPlan plan_async(const AsyncWish& wish, const project::Program& program,
                     const std::shared_ptr<const Config>& config);

}  // namespace surefoot::engine

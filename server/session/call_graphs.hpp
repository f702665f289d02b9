#pragma once
// The call graph of the files known so far: those that open documents lead to by their imports, and their importers.
// Made when somebody asks; what was read of a file is kept while it holds. Any thread.

#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/engine/wiring.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/host.hpp"

namespace surefoot::server {

using CallGraphPtr = std::shared_ptr<const project::CallGraph>;

class CallGraphs {
 public:
  /// The graph, if all files of the project have been read. If not, some more of them are read, for about `slice` and
  /// at least one, and the answer is null as long as there are others.
  CallGraphPtr advance(const engine::Project& project, Clock::duration slice);

 private:
  struct Entry {
    project::ModulePtr module;
    ConfigPtr config;
    engine::Wiring wiring;
  };
  using Entries = std::unordered_map<project::ModuleKey, Entry>;

  bool is_read(const project::ModulePtr& module, const engine::Project& project) const;
  bool read_some(const engine::Project& project, Clock::duration slice);
  void add_called(const Entry& entry, const project::Program& program);
  void forget_others();

  std::mutex mutex_;  // guards all below
  Entries entries_;
  std::vector<project::ModulePtr> files_;        // of the project, of graph_
  std::vector<project::ModulePtr> modules_;      // these, and of packages those that they call
  std::unordered_set<project::ModuleKey> keys_;  // of modules_
  ConfigPtr config_;                             // of graph_
  CallGraphPtr graph_;
};

}  // namespace surefoot::server

#pragma once
// The call graph of the files known so far: those that open documents lead to by their imports, and their importers.
// Made when somebody asks. What was read of a file is kept while it holds, without its trees and, unless it is open,
// without its text. Any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "analysis/engine/wiring.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/host.hpp"
#include "server/workspace/texts_on_disk.hpp"

namespace surefoot::server {

using CallGraphPtr = std::shared_ptr<const project::CallGraph>;

class CallGraphs {
 public:
  using Importers = std::shared_ptr<const std::vector<project::Place>>;

  /// `read`: called when a graph was made and the trees that it was made from are gone.
  explicit CallGraphs(std::function<void()> read) : read_(std::move(read)) {}

  /// The graph, if all files have been read. If not, some more of them are read, for about `slice` and at least one,
  /// and the answer is null as long as there are others. The source of the project's program is a LazyFiles.
  CallGraphPtr advance(const engine::Project& project, const Importers& importers, Clock::duration slice);

 private:
  /// What was read of a file, and the surroundings in which it holds.
  struct Entry {
    bool is_of_document = false;
    std::weak_ptr<const project::Module> document;  // null when that is gone
    project::ModuleCallsPtr calls;
    std::vector<project::ModuleKey> imported;                         // sorted, each once
    std::uint64_t files = 0;                                          // as engine::Surroundings has it
    std::vector<std::pair<project::ModuleKey, std::uint64_t>> asked;  // with their shapes; sorted by file
  };
  /// What the graph is made of.
  struct Inputs {
    std::vector<project::ModulePtr> documents;
    std::shared_ptr<const project::ModuleSource> source;
    Importers importers;
    ConfigPtr config;
    bool operator==(const Inputs& other) const;
  };

  void begin(Inputs inputs);
  bool read_some(Clock::duration slice);
  bool holds(project::ModuleKey key, const Entry& entry) const;
  Entry read(const project::ModulePtr& module) const;
  void want(project::ModuleKey key);
  CallGraphPtr build();

  std::function<void()> read_;
  std::shared_ptr<const TextsOnDisk> texts_ = std::make_shared<const TextsOnDisk>();
  std::mutex mutex_;  // guards all below
  Inputs inputs_;
  std::shared_ptr<const project::Program> program_;  // of the inputs; null when all of them was read
  std::unordered_map<project::ModuleKey, Entry> entries_;
  std::vector<project::ModuleKey> wanted_;
  std::size_t done_ = 0;                         // of wanted_
  std::unordered_set<project::ModuleKey> seen_;  // likewise
  CallGraphPtr graph_;
};

}  // namespace surefoot::server

#pragma once
// The project as an analysis sees it: its files, and what their functions say, read when somebody asks.
// Immutable but for what it keeps; any thread.

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/project/effects.hpp"
#include "analysis/project/program.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::engine {

/// What a result depends on beside its own file: the set of files, and the shapes of those that were asked.
struct Surroundings {
  std::uint64_t files = 0;
  std::vector<std::pair<project::ModuleKey, std::uint64_t>> asked;

  static Surroundings of(const project::Program& program, const semantics::Resolver& resolver);
  bool hold_in(const project::Program& program) const;
  void add(const Surroundings& other);
};

class Project {
 public:
  /// `whole`: the effects of all files at once, for a caller that wants those of most; otherwise of what each file
  /// leads to.
  Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config, bool whole = false);
  /// A project of nothing but what is added to it.
  static std::shared_ptr<const Project> empty(std::shared_ptr<const Config> config);
  /// The same with a newer version of a file; facts that still hold are shared.
  std::shared_ptr<const Project> with(project::ModulePtr module) const {
    return over(program_->with(std::move(module)));
  }
  /// The same over other files or versions of files.
  std::shared_ptr<const Project> over(std::shared_ptr<const project::Program> program) const;

  const project::Program& program() const { return *program_; }
  const std::shared_ptr<const Config>& config() const { return config_; }

  /// Says what the facts of a module are, for one whose rules have run anyway.
  void offer(const project::Module& module, project::FactsPtr facts, Surroundings surroundings) const;
  project::FactsPtr facts(project::ModuleKey module) const;
  /// The effects of what the functions of a module lead to.
  std::shared_ptr<const project::Effects> effects(project::ModuleKey module) const;

 private:
  struct Entry {
    project::ModulePtr module;  // of which they are the facts
    project::FactsPtr facts;
    Surroundings surroundings;
  };
  struct Store {  // shared by all versions of the project
    std::mutex mutex;
    std::unordered_map<project::ModuleKey, Entry> facts;
  };

  std::shared_ptr<const project::Program> program_;
  std::shared_ptr<const Config> config_;
  bool whole_;
  std::shared_ptr<Store> store_ = std::make_shared<Store>();
  mutable std::once_flag once_;
  mutable std::shared_ptr<const project::Effects> all_;
};

}  // namespace surefoot::engine

#pragma once
// The project as an analysis sees it: its files, and what their functions say, read when somebody asks.
// Immutable; as many threads as its store of facts allows.

#include <memory>

#include "analysis/engine/config.hpp"
#include "analysis/engine/facts_store.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/project/effects.hpp"
#include "analysis/project/program.hpp"

namespace surefoot::engine {

class Project {
 public:
  /// `store`: null for one of its own, for one thread.
  Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config,
          std::shared_ptr<FactsStore> store = nullptr);
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
  const RulesByFile& rules() const { return *rules_; }

  /// Says what the facts of a module are, for one whose rules have run anyway. Facts that leave out some are not kept.
  void offer(const project::Module& module, project::FactsPtr facts, Surroundings surroundings) const;
  project::FactsPtr facts(project::ModuleKey module) const;
  /// Those of the modules in which functions are wanted, in their order.
  std::vector<project::FactsPtr> facts_of(const std::vector<project::Wanted>& wanted) const;
  /// The effects of what the functions of a module lead to.
  std::shared_ptr<const project::Effects> effects(project::ModuleKey module) const;
  /// The same, where nobody will ask for all of them: at least those of the functions that are wanted, with what they
  /// depend on. They are kept only when nothing is left out.
  KeptFacts some_facts(const project::Wanted& wanted) const;

 private:
  Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config,
          std::shared_ptr<FactsStore> store, std::shared_ptr<const RulesByFile> rules);

  std::shared_ptr<const project::Program> program_;
  std::shared_ptr<const Config> config_;
  std::shared_ptr<FactsStore> store_;
  std::shared_ptr<const RulesByFile> rules_;
};

}  // namespace surefoot::engine

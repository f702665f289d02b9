#pragma once
// Keeps the facts of modules, so that each is read once however many files lead to it.

#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::engine {

/// What a result depends on beside its own file: the set of files, and the shapes of those that were asked.
struct Surroundings {
  using Asked = std::pair<project::ModuleKey, std::shared_ptr<const semantics::Shape>>;

  std::uint64_t files = 0;
  std::vector<Asked> asked;  // sorted by file
  bool lead_back = false;    // one of them led to the file itself

  static Surroundings of(const project::Program& program, const semantics::Resolver& resolver);
  bool hold_in(const project::Program& program) const;
  /// True when the files that were asked are the same, to the letter, in two sets.
  bool are_same(const project::Program& before, const project::Program& after) const;
  void add(const Surroundings& other);
};

struct KeptFacts {
  std::weak_ptr<const project::Module> module;  // of which they are the facts
  project::FactsPtr facts;
  Surroundings surroundings;
};

/// One thread at a time; a caller with several threads derives one that locks.
class FactsStore {
 public:
  virtual ~FactsStore() = default;
  virtual std::optional<KeptFacts> find(project::ModuleKey module) const {
    const auto found = kept_.find(module);
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }
  virtual void keep(project::ModuleKey module, KeptFacts facts) { kept_[module] = std::move(facts); }

 private:
  std::unordered_map<project::ModuleKey, KeptFacts> kept_;
};

}  // namespace surefoot::engine

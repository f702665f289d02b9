#pragma once
// Facts that several threads read and keep.

#include <mutex>

#include "analysis/engine/facts_store.hpp"

namespace surefoot::server {

/// Any thread.
class SharedFacts final : public engine::FactsStore {
 public:
  std::optional<engine::KeptFacts> find(project::ModuleKey module) const override {
    const std::lock_guard lock(mutex_);
    return FactsStore::find(module);
  }
  void keep(project::ModuleKey module, engine::KeptFacts facts) override {
    const std::lock_guard lock(mutex_);
    FactsStore::keep(module, std::move(facts));
  }

 private:
  mutable std::mutex mutex_;
};

}  // namespace surefoot::server

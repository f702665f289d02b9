#include "server/session/call_graphs.hpp"

#include <unordered_set>
#include <utility>

namespace surefoot::server {
namespace {

bool same(const ConfigPtr& a, const ConfigPtr& b) { return a == b || (a != nullptr && b != nullptr && *a == *b); }

}  // namespace

bool CallGraphs::is_read(const project::ModulePtr& module, const engine::Project& project) const {
  const auto found = entries_.find(project::module_key(module->index->location()));
  return found != entries_.end() && found->second.module == module && same(found->second.config, project.config()) &&
         found->second.wiring.surroundings.hold_in(project.program());
}

/// True when nothing is left to read.
bool CallGraphs::read_some(const engine::Project& project, Clock::duration slice) {
  const auto start = Clock::now();
  bool some = false;
  for (const project::ModulePtr& module : modules_) {
    if (is_read(module, project)) continue;
    if (some && Clock::now() - start > slice) return false;
    some = true;
    entries_[project::module_key(module->index->location())] = {
        module, project.config(), engine::wire(module, project.program(), *project.config())};
  }
  return true;
}

void CallGraphs::forget_others() {
  std::unordered_set<project::ModuleKey> keys;
  for (const project::ModulePtr& module : modules_) keys.insert(project::module_key(module->index->location()));
  std::erase_if(entries_, [&](const auto& entry) { return keys.count(entry.first) == 0; });
}

CallGraphPtr CallGraphs::advance(const engine::Project& project, Clock::duration slice) {
  std::vector<project::ModulePtr> modules = project.program().all();
  const std::lock_guard lock(mutex_);
  if (graph_ != nullptr && modules == modules_ && same(config_, project.config())) return graph_;
  graph_ = nullptr;
  modules_ = std::move(modules);
  config_ = project.config();
  if (!read_some(project, slice)) return nullptr;
  forget_others();
  std::vector<project::ModuleCallsPtr> calls;
  for (const project::ModulePtr& module : modules_) {
    calls.push_back(entries_.at(project::module_key(module->index->location())).wiring.calls);
  }
  graph_ = std::make_shared<const project::CallGraph>(std::move(calls));
  return graph_;
}

}  // namespace surefoot::server

#include "server/session/call_graphs.hpp"

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
  for (std::size_t i = 0; i < modules_.size(); ++i) {  // grows
    const project::ModulePtr module = modules_[i];
    Entry& entry = entries_[project::module_key(module->index->location())];
    if (!is_read(module, project)) {
      if (some && Clock::now() - start > slice) return false;
      some = true;
      entry = {module, project.config(), engine::wire(module, project.program(), *project.config())};
    }
    add_called(entry, project.program());
  }
  return true;
}

void CallGraphs::add_called(const Entry& entry, const project::Program& program) {
  for (const project::ModuleKey key : project::modules_called(entry.wiring.calls->facts)) {
    if (!keys_.insert(key).second) continue;
    if (project::ModulePtr module = program.pointer(key)) modules_.push_back(std::move(module));
  }
}

void CallGraphs::forget_others() {
  std::erase_if(entries_, [&](const auto& entry) { return keys_.count(entry.first) == 0; });
}

CallGraphPtr CallGraphs::advance(const engine::Project& project, Clock::duration slice) {
  std::vector<project::ModulePtr> files = project.program().all();
  const std::lock_guard lock(mutex_);
  if (graph_ != nullptr && files == files_ && same(config_, project.config())) return graph_;
  graph_ = nullptr;
  modules_ = files_ = std::move(files);
  keys_.clear();
  for (const project::ModulePtr& module : files_) keys_.insert(project::module_key(module->index->location()));
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

#include "server/session/call_graphs.hpp"

#include <algorithm>
#include <utility>

#include "server/workspace/imported_files.hpp"
#include "server/workspace/lazy_files.hpp"

namespace surefoot::server {
namespace {

bool same(const ConfigPtr& a, const ConfigPtr& b) { return a == b || (a != nullptr && b != nullptr && *a == *b); }

// Files are read for the graph alone: their trees are gone when it is made.
std::shared_ptr<const project::ModuleSource> fork(const std::shared_ptr<const project::ModuleSource>& source) {
  const auto* files = dynamic_cast<const LazyFiles*>(source.get());
  return files == nullptr ? source : files->fork([](project::ModuleKey) { return true; }, true);
}

}  // namespace

bool CallGraphs::Inputs::operator==(const Inputs& other) const {
  return documents == other.documents && source == other.source && importers == other.importers &&
         same(config, other.config);
}

CallGraphPtr CallGraphs::advance(const engine::Project& project, const Importers& importers, Clock::duration slice) {
  Inputs inputs{project.program().all(), project.program().source(), importers, project.config()};
  const std::lock_guard lock(mutex_);
  if (!(inputs == inputs_) || (graph_ == nullptr && program_ == nullptr)) begin(std::move(inputs));
  if (graph_ == nullptr && read_some(slice)) graph_ = build();
  return graph_;
}

// What was read of files on the disk holds as long as those are the same.
void CallGraphs::begin(Inputs inputs) {
  const bool other_files = inputs.source != inputs_.source || !same(inputs.config, inputs_.config);
  inputs_ = std::move(inputs);
  program_ = std::make_shared<const project::Program>(fork(inputs_.source), inputs_.documents);
  if (other_files) entries_.clear();
  std::erase_if(entries_, [&](const auto& one) { return !holds(one.first, one.second); });
  graph_ = nullptr;
  wanted_.clear();
  seen_.clear();
  done_ = 0;
  for (const project::ModulePtr& document : inputs_.documents) want(document->index->key());
  if (inputs_.importers == nullptr) return;
  const auto* files = dynamic_cast<const LazyFiles*>(program_->source().get());
  for (const project::Place& place : *inputs_.importers) {
    const project::ModuleKey key = project::module_key(place.location());
    if (files != nullptr && !program_->holds(key)) files->add(place);
    want(key);
  }
}

bool CallGraphs::holds(project::ModuleKey key, const Entry& entry) const {
  const project::ModulePtr document = program_->holds(key) ? program_->pointer(key) : nullptr;
  // A document that is closed is gone, and null too.
  if (entry.is_of_document != (document != nullptr) || entry.document.lock() != document) return false;
  if (entry.files != program_->files_hash()) return false;
  return std::all_of(entry.asked.begin(), entry.asked.end(), [&](const auto& one) {
    return !program_->holds(one.first) || program_->module(one.first)->index->shape() == one.second;
  });
}

void CallGraphs::want(project::ModuleKey key) {
  if (seen_.insert(key).second) wanted_.push_back(key);
}

/// True when nothing is left to read.
bool CallGraphs::read_some(Clock::duration slice) {
  const auto start = Clock::now();
  bool some = false;
  for (; done_ < wanted_.size(); ++done_) {
    const project::ModuleKey key = wanted_[done_];
    auto entry = entries_.find(key);
    if (entry == entries_.end()) {
      if (some && Clock::now() - start > slice) return false;
      some = true;
      const project::ModulePtr module = program_->pointer(key);
      if (module == nullptr) continue;
      entry = entries_.emplace(key, read(module)).first;
    }
    for (const project::ModuleKey called : entry->second.calls->called) want(called);
    for (const project::ModuleKey imported : entry->second.imported) want(imported);
  }
  return true;
}

CallGraphs::Entry CallGraphs::read(const project::ModulePtr& module) const {
  Entry entry;
  entry.is_of_document = program_->holds(module->index->key());
  if (entry.is_of_document) entry.document = module;
  engine::Wiring wiring = engine::wire(module, *program_, *inputs_.config, entry.is_of_document ? nullptr : texts_);
  entry.calls = std::move(wiring.calls);
  entry.files = wiring.surroundings.files;
  entry.asked.reserve(wiring.surroundings.asked.size());
  for (const auto& [key, shape] : wiring.surroundings.asked) entry.asked.emplace_back(key, shape->value());
  if (!module->place.is_in_packages()) entry.imported = imported_files(*module, *program_);
  // A package is there with each of its files.
  std::sort(entry.imported.begin(), entry.imported.end());
  entry.imported.erase(std::unique(entry.imported.begin(), entry.imported.end()), entry.imported.end());
  entry.imported.shrink_to_fit();
  return entry;
}

CallGraphPtr CallGraphs::build() {
  program_ = nullptr;
  read_();
  std::erase_if(entries_, [&](const auto& one) { return !seen_.contains(one.first); });
  std::vector<project::ModuleCallsPtr> calls;
  for (const project::ModuleKey key : wanted_) {
    if (const auto entry = entries_.find(key); entry != entries_.end()) calls.push_back(entry->second.calls);
  }
  return std::make_shared<const project::CallGraph>(std::move(calls));
}

}  // namespace surefoot::server

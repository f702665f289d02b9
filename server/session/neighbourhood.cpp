#include "server/session/neighbourhood.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/handlers/hints.hpp"
#include "server/log.hpp"
#include "server/session/core.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/importers.hpp"
#include "server/workspace/shared_facts.hpp"

namespace surefoot::server {
namespace {

bool depends_on(const Document& document, project::ModuleKey key) {
  if (document.snapshot == nullptr) return false;
  const std::vector<project::ModuleKey> keys = document.snapshot->analysis->depends_on();
  return std::binary_search(keys.begin(), keys.end(), key);
}

}  // namespace

Neighbourhood::Neighbourhood(Core& core)
    : core_(core), files_(files_on_demand()), program_(std::make_shared<const project::Program>(files_)) {}

engine::ProjectPtr Neighbourhood::project_for(const Document& document) {
  if (document.path) files_->add_root(document.placement.place);
  // One configuration is made anew for each change of the settings.
  if (projects_.size() > 32) projects_.clear();
  engine::ProjectPtr& project = projects_[document.placement.config];
  if (project == nullptr) {
    const ConfigPtr& config = document.placement.config;
    project = std::make_shared<const engine::Project>(program_, config, std::make_shared<SharedFacts>());
  } else if (&project->program() != program_.get()) {
    project = project->over(program_);
  }
  return project;
}

void Neighbourhood::analysed(const Document& document) {
  const engine::FileAnalysis& analysis = *document.snapshot->analysis;
  project::ModulePtr module = analysis.module();
  if (module == nullptr || !document.path) return;
  const project::ModuleKey key = module->index->key();
  const std::uint64_t names = program_->files_hash();
  program_ = program_->with(std::move(module));
  Seen& seen = seen_[document.identity];
  const std::uint64_t interface = analysis.interface_hash();
  const bool changed = std::exchange(seen.interface, interface) != interface;
  seen.key = key;
  const bool is_new_file = program_->files_hash() != names;
  if (changed || is_new_file) {
    core_.workspace_check.outdated();
    for (auto& [identity, other] : core_.documents.all()) {
      if (identity == document.identity || !other.path) continue;
      if (is_new_file || depends_on(other, key)) core_.analyses.outdated(other);
    }
    if (core_.documents.all().size() > 1) refresh_hints(core_);
  }
  find_importers();
}

void Neighbourhood::when_complete(std::function<void()> waiter) {
  find_importers();
  if (searching_ == 0) return waiter();
  waiters_.push_back(std::move(waiter));
}

void Neighbourhood::find_importers() {
  std::vector<project::ModulePtr> modules;
  for (const auto& [identity, document] : core_.documents.all()) {
    const bool has_folder = document.path && core_.folders.folder_of(*document.path) != nullptr;
    if (!has_folder || document.snapshot == nullptr || document.snapshot->analysis->module() == nullptr) continue;
    if (with_importers_.insert(identity).second) modules.push_back(document.snapshot->analysis->module());
  }
  if (modules.empty()) return;
  ImportersJob job{core_.configs.roots(core_.folders), program_->all(), std::move(modules), search_.get_token()};
  ++searching_;
  core_.host.executor->run(Priority::long_work, [post = core_.poster("files that import a document"),
                                                 give_memory_back = core_.host.give_memory_back, job = std::move(job)] {
    std::vector<project::Place> places;
    try {
      places = server::find_importers(job);
    } catch (const std::exception& failure) {
      log::error(std::string("the search for importers failed: ") + failure.what());
    }
    give_memory_back();
    post([places = std::move(places)](Core& core) { core.neighbourhood.importers_found(places); });
  });
}

void Neighbourhood::importers_found(const std::vector<project::Place>& places) {
  std::vector<project::Place> all = *importers_;
  for (const project::Place& place : places) {
    if (std::find(all.begin(), all.end(), place) == all.end()) all.push_back(place);
  }
  if (all.size() != importers_->size()) {
    importers_ = std::make_shared<const std::vector<project::Place>>(std::move(all));
    refresh_hints(core_);
  }
  if (--searching_ != 0) return;
  for (const auto& waiter : std::exchange(waiters_, {})) waiter();
}

void Neighbourhood::forget_importers() {
  search_.request_stop();
  search_ = std::stop_source();
  with_importers_.clear();
  importers_ = std::make_shared<const std::vector<project::Place>>();
}

void Neighbourhood::outdate_all() {
  for (auto& [identity, document] : core_.documents.all()) {
    if (!document.path) continue;
    document.last_cost.reset();  // on a worker: files have to be read
    core_.analyses.outdated(document);
  }
}

void Neighbourhood::read_from(std::shared_ptr<const LazyFiles> files) {
  std::vector<project::ModulePtr> documents = program_->all();
  files_ = std::move(files);
  std::erase_if(documents, [&](const project::ModulePtr& module) {
    const project::ModuleKey key = module->index->key();
    return std::none_of(seen_.begin(), seen_.end(), [&](const auto& one) { return one.second.key == key; });
  });
  program_ = std::make_shared<const project::Program>(files_, std::move(documents));
  for (auto& [config, project] : projects_) project = project->over(program_);
}

void Neighbourhood::closed(const Document& document) {
  seen_.erase(document.identity);
  with_importers_.erase(document.identity);
  if (document.path) changed_on_disk({*document.path});
}

// Of many, some will be new.
bool Neighbourhood::are_same_names(const std::set<std::string>& paths) const {
  constexpr std::size_t kMany = 64;
  return paths.size() <= kMany && std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
           return files_->knows(project::module_key(path)) && real_disk().exists(path);
         });
}

// What was saved is what is in the document, whose text counts anyway.
bool Neighbourhood::are_saved(const std::set<project::ModuleKey>& keys) const {
  return std::all_of(keys.begin(), keys.end(), [&](project::ModuleKey key) {
    return std::any_of(seen_.begin(), seen_.end(), [&](const auto& one) { return one.second.key == key; });
  });
}

void Neighbourhood::changed_on_disk(const std::vector<std::string>& paths) {
  const std::set<std::string> changed(paths.begin(), paths.end());
  std::set<project::ModuleKey> keys;
  for (const std::string& path : changed) keys.insert(project::module_key(path));
  core_.workspace_check.outdated();
  const bool same_names = are_same_names(changed);
  if (same_names && are_saved(keys)) return;
  std::set<project::ModuleKey> needed;
  for (const auto& [identity, document] : core_.documents.all()) {
    if (document.snapshot == nullptr || !seen_.contains(identity)) continue;  // one that is being closed
    for (const project::ModuleKey key : document.snapshot->analysis->depends_on()) needed.insert(key);
  }
  read_from(
      files_->fork([&](project::ModuleKey key) { return needed.contains(key) && !keys.contains(key); }, same_names));
  outdate_all();
  forget_importers();
}

}  // namespace surefoot::server

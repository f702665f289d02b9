#include "server/session/neighbourhood.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/handlers/hints.hpp"
#include "server/log.hpp"
#include "server/session/core.hpp"
#include "server/workspace/environment.hpp"
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
    : core_(core), program_(std::make_shared<const project::Program>(core.host.packages())) {}

engine::ProjectPtr Neighbourhood::project(const ConfigPtr& config) {
  engine::ProjectPtr& project = projects_[config];
  if (project == nullptr) {
    // One configuration is made anew for each change of the settings.
    if (projects_.size() > 32) {
      projects_.clear();
      return this->project(config);
    }
    project = std::make_shared<const engine::Project>(program_, config, std::make_shared<SharedFacts>());
  } else if (&project->program() != program_.get()) {
    project = project->over(program_);
  }
  return project;
}

void Neighbourhood::replace(std::shared_ptr<const project::Program> program) { program_ = std::move(program); }

void Neighbourhood::analysed(const Document& document) {
  const engine::FileAnalysis& analysis = *document.snapshot->analysis;
  project::ModulePtr module = analysis.module();
  if (module == nullptr || !document.path) return;
  const project::ModuleKey key = project::module_key(module->index->location());
  const std::uint64_t files = program_->files_hash();
  replace(program_->with(module));
  Seen& seen = seen_[document.identity];
  const Seen now{key, analysis.interface_hash(), project::imports_hash(*module)};
  const bool changed = std::exchange(seen.interface, now.interface) != now.interface;
  const bool imports_changed = std::exchange(seen.imports, now.imports) != now.imports;
  seen.key = key;
  const bool is_new_file = program_->files_hash() != files;
  if (changed || is_new_file) {
    core_.workspace_check.outdated();
    for (auto& [identity, other] : core_.documents.all()) {
      if (identity == document.identity || !other.path) continue;
      if (is_new_file || depends_on(other, key)) core_.analyses.outdated(other);
    }
    if (core_.documents.all().size() > 1) refresh_hints(core_);
  }
  if (imports_changed) read_neighbours(document);
}

void Neighbourhood::read_neighbours(const Document& document) {
  ++reading_;
  const auto job = [post = core_.poster("files that a document imports"), read = core_.host.neighbours,
                    module = document.snapshot->analysis->module(), program = program_]() mutable {
    std::vector<project::ModulePtr> modules = read(module, program);
    post([modules = std::move(modules)](Core& core) { core.neighbourhood.neighbours_read(modules); });
  };
  core_.host.executor->run(Priority::open_file, job);
}

void Neighbourhood::when_read(std::function<void()> waiter) {
  if (reading_ == 0) return waiter();
  waiters_.push_back(std::move(waiter));
}

void Neighbourhood::neighbours_read(const std::vector<project::ModulePtr>& modules) {
  take(modules);
  if (--reading_ != 0) return;
  read_importers();
  for (const auto& waiter : std::exchange(waiters_, {})) waiter();
}

void Neighbourhood::when_complete(std::function<void()> waiter) {
  if (reading_ == 0 && searching_ == 0) return waiter();
  if (reading_ != 0) return when_read([this, waiter = std::move(waiter)] { when_complete(waiter); });
  waiters_for_importers_.push_back(std::move(waiter));
}

void Neighbourhood::read_importers() {
  ImportersJob job{core_.configs.roots(core_.folders), program_, {}, search_.get_token()};
  for (const auto& [identity, document] : core_.documents.all()) {
    const bool has_folder = document.path && core_.folders.folder_of(*document.path) != nullptr;
    if (!has_folder || document.snapshot == nullptr || document.snapshot->analysis->module() == nullptr) continue;
    if (with_importers_.insert(identity).second) job.of.push_back(document.snapshot->analysis->module());
  }
  if (job.of.empty()) return;
  ++searching_;
  core_.host.executor->run(Priority::long_work, [post = core_.poster("files that import a document"),
                                                 read = core_.host.importers, job = std::move(job)] {
    std::vector<project::ModulePtr> modules;
    try {
      modules = read(job);
    } catch (const std::exception& failure) {
      log::error(std::string("the search for importers failed: ") + failure.what());
    }
    post([modules = std::move(modules)](Core& core) { core.neighbourhood.importers_read(modules); });
  });
}

void Neighbourhood::importers_read(const std::vector<project::ModulePtr>& modules) {
  take(modules);
  if (--searching_ != 0) return;
  for (const auto& waiter : std::exchange(waiters_for_importers_, {})) waiter();
}

void Neighbourhood::forget_importers() {
  search_.request_stop();
  search_ = std::stop_source();
  with_importers_.clear();
}

void Neighbourhood::take(const std::vector<project::ModulePtr>& modules) {
  std::vector<project::ModulePtr> all = program_->all();
  const std::size_t before = all.size();
  for (const project::ModulePtr& module : modules) {
    // Documents, and what another job has read in the meantime, come first.
    if (program_->module(project::module_key(module->index->location())) == nullptr) all.push_back(module);
  }
  if (all.size() == before) return;
  replace(program_->of(std::move(all)));
  outdate_all();
  refresh_hints(core_);
}

void Neighbourhood::outdate_all() {
  for (auto& [identity, document] : core_.documents.all()) {
    if (document.path) core_.analyses.outdated(document);
  }
}

void Neighbourhood::closed(const Document& document) {
  seen_.erase(document.identity);
  with_importers_.erase(document.identity);
  if (document.path) changed_on_disk({*document.path});
}

void Neighbourhood::changed_on_disk(const std::vector<std::string>& paths) {
  std::set<project::ModuleKey> gone;
  for (const std::string& path : paths) gone.insert(project::module_key(path));
  for (const auto& [identity, seen] : seen_) gone.erase(seen.key);  // the document's text counts
  std::vector<project::ModulePtr> all = program_->all();
  std::erase_if(all, [&](const project::ModulePtr& module) {
    return gone.count(project::module_key(module->index->location())) != 0;
  });
  const bool in_packages = std::any_of(paths.begin(), paths.end(), is_in_packages);
  replace(in_packages ? std::make_shared<const project::Program>(core_.host.packages(), std::move(all))
                      : program_->of(std::move(all)));
  outdate_all();
  core_.workspace_check.outdated();
  // A new file may be one that an import did not find.
  for (auto& [identity, seen] : seen_) seen.imports = 0;
  forget_importers();
}

}  // namespace surefoot::server

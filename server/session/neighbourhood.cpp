#include "server/session/neighbourhood.hpp"

#include <algorithm>
#include <utility>

#include "server/handlers/hints.hpp"
#include "server/session/core.hpp"
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
    : core_(core), program_(std::make_shared<const project::Program>(std::vector<project::ModulePtr>())) {}

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
    for (auto& [identity, other] : core_.documents.all()) {
      if (identity == document.identity || !other.path) continue;
      if (is_new_file || depends_on(other, key)) core_.analyses.outdated(other);
    }
    if (core_.documents.all().size() > 1) refresh_hints(core_);
  }
  if (imports_changed) read_neighbours(document);
}

void Neighbourhood::read_neighbours(const Document& document) {
  const auto job = [post = core_.poster("files that a document imports"), identity = document.identity,
                    read = core_.host.neighbours, module = document.snapshot->analysis->module(),
                    program = program_]() mutable {
    std::vector<project::ModulePtr> modules = read(module, program);
    if (modules.empty()) return;
    post([identity, modules = std::move(modules)](Core& core) {
      core.neighbourhood.neighbours_read(identity, modules);
    });
  };
  core_.host.executor->run(Priority::open_file, job);
}

void Neighbourhood::neighbours_read(const std::string&, const std::vector<project::ModulePtr>& modules) {
  std::vector<project::ModulePtr> all = program_->all();
  const std::size_t before = all.size();
  for (const project::ModulePtr& module : modules) {
    // Documents, and what another job has read in the meantime, come first.
    if (program_->module(project::module_key(module->index->location())) == nullptr) all.push_back(module);
  }
  if (all.size() == before) return;
  replace(std::make_shared<const project::Program>(std::move(all)));
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
  replace(std::make_shared<const project::Program>(std::move(all)));
  outdate_all();
  // A new file may be one that an import did not find.
  for (auto& [identity, seen] : seen_) seen.imports = 0;
}

}  // namespace surefoot::server

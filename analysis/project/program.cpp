#include "analysis/project/program.hpp"

#include <map>

#include "analysis/text/hash.hpp"

namespace surefoot::project {
namespace {

void add_folders(std::string_view location, std::unordered_set<ModuleKey>& folders) {
  for (std::size_t slash = location.rfind('/'); slash != std::string_view::npos; slash = location.rfind('/')) {
    location = location.substr(0, slash);
    if (!folders.insert(module_key(location)).second) return;
  }
}

}  // namespace

ModuleKey module_key(std::string_view location) { return text::Hasher().add(location).value(); }

Program::Program(std::vector<ModulePtr> modules) {
  auto base = std::make_shared<Base>();
  base->files.reserve(modules.size());
  for (ModulePtr& module : modules) {
    const std::string& location = module->index->location();
    const ModuleKey key = module_key(location);
    add_folders(location, base->folders);
    if (base->files.insert_or_assign(key, std::move(module)).second) base->hash ^= key;
  }
  base_ = std::move(base);
}

Program::Program(std::shared_ptr<const ModuleSource> source, std::vector<ModulePtr> modules)
    : Program(std::move(modules)) {
  source_ = std::move(source);
}

std::shared_ptr<const Program> Program::of(std::vector<ModulePtr> modules) const {
  return std::make_shared<const Program>(source_, std::move(modules));
}

std::shared_ptr<const Program> Program::with(ModulePtr module) const {
  std::shared_ptr<Program> next(new Program());
  next->source_ = source_;
  next->base_ = base_;
  next->changes_ = changes_;
  const std::string& location = module->index->location();
  const ModuleKey key = module_key(location);
  if (this->module(key) == nullptr) {
    add_folders(location, next->changes_.folders);
    next->changes_.hash ^= key;
  }
  next->changes_.files[key] = std::move(module);
  return next;
}

const ModulePtr* Program::find(ModuleKey key) const {
  if (const auto found = changes_.files.find(key); found != changes_.files.end()) return &found->second;
  if (const auto found = base_->files.find(key); found != base_->files.end()) return &found->second;
  return source_ == nullptr ? nullptr : source_->module(key);
}

std::vector<ModulePtr> Program::all() const {
  std::map<std::string_view, ModulePtr> sorted;
  for (const Base* part : {&changes_, base_.get()}) {
    for (const auto& [key, module] : part->files) sorted.emplace(module->index->location(), module);
  }
  std::vector<ModulePtr> modules;
  modules.reserve(sorted.size());
  for (auto& [location, module] : sorted) modules.push_back(std::move(module));
  return modules;
}

Files Program::files() const {
  return {[this](const std::string& path) {
            const ModuleKey key = module_key(path);
            return base_->files.count(key) != 0 || changes_.files.count(key) != 0;
          },
          [this](const std::string& path) {
            const ModuleKey key = module_key(path);
            return base_->folders.count(key) != 0 || changes_.folders.count(key) != 0;
          }};
}

Program::Found Program::find(const semantics::ModuleIndex& from, std::string_view dotted) const {
  const Module* importer = module(from);
  if (importer == nullptr) return {};
  FoundFile found;
  if (has_files()) found = find_import(importer->place, dotted, files());
  if (found.location.empty() && source_ != nullptr) found = source_->find_import(importer->place, dotted);
  if (found.location.empty()) return {};
  return {module(module_key(found.location))->index.get(), found.length};
}

const semantics::ModuleIndex* Program::submodule(const semantics::ModuleIndex& package, std::string_view name) const {
  std::string location;
  if (has_files()) location = find_submodule(package.location(), name, files());
  if (location.empty() && source_ != nullptr) location = source_->find_submodule(package.location(), name);
  const Module* found = location.empty() ? nullptr : module(module_key(location));
  return found == nullptr ? nullptr : found->index.get();
}

}  // namespace surefoot::project

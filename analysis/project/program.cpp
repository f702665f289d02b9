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

Program::Program(std::vector<ModulePtr> modules) : Program(nullptr, std::move(modules)) {}

Program::Program(std::shared_ptr<const ModuleSource> source, std::vector<ModulePtr> modules)
    : base_(std::make_shared<const Base>()), source_(std::move(source)) {
  auto base = std::make_shared<Base>();
  base->files.reserve(modules.size());
  for (ModulePtr& module : modules) add(std::move(module), *base);
  base_ = std::move(base);
}

void Program::add(ModulePtr module, Base& to) const {
  const std::string& location = module->index->location();
  const ModuleKey key = module->index->key();
  const bool is_known = to.files.contains(key) || holds(key);
  if (!is_known && (source_ == nullptr || !source_->has_file(location))) {
    add_folders(location, to.folders);
    to.hash ^= key;
  }
  to.files[key] = std::move(module);
}

std::shared_ptr<const Program> Program::of(std::vector<ModulePtr> modules) const {
  return std::make_shared<const Program>(source_, std::move(modules));
}

std::shared_ptr<const Program> Program::with(ModulePtr module) const {
  std::shared_ptr<Program> next(new Program());
  next->source_ = source_;
  next->base_ = base_;
  next->changes_ = changes_;
  next->add(std::move(module), next->changes_);
  return next;
}

const ModulePtr* Program::held(ModuleKey key) const {
  if (const auto found = changes_.files.find(key); found != changes_.files.end()) return &found->second;
  const auto found = base_->files.find(key);
  return found == base_->files.end() ? nullptr : &found->second;
}

const ModulePtr* Program::find(ModuleKey key) const {
  const ModulePtr* module = held(key);
  return module != nullptr || source_ == nullptr ? module : source_->module(key);
}

ModulePtr Program::file(const std::string& location) const {
  const ModuleKey key = module_key(location);
  return holds(key) || (source_ != nullptr && source_->has_file(location)) ? pointer(key) : nullptr;
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
            return holds(module_key(path)) || (source_ != nullptr && source_->has_file(path));
          },
          [this](const std::string& path) {
            const ModuleKey key = module_key(path);
            return base_->folders.contains(key) || changes_.folders.contains(key) ||
                   (source_ != nullptr && source_->has_folder(path));
          }};
}

// The source remembers what it was asked.
Program::Found Program::find(const semantics::ModuleIndex& from, std::string_view dotted) const {
  const Module* importer = module(from);
  if (importer == nullptr) return {};
  FoundFile found;
  if (source_ != nullptr && !has_own_names()) {
    found = source_->find_import(importer->place, dotted);
  } else {
    found = find_import(importer->place, dotted, files());
    if (found.location.empty() && source_ != nullptr) found = source_->find_in_packages(importer->place, dotted);
  }
  if (found.location.empty()) return {};
  return {module(module_key(found.location))->index.get(), found.length};
}

Program::Found Program::submodule(const semantics::ModuleIndex& package, std::string_view dotted) const {
  const FoundFile file = source_ != nullptr && !has_own_names() ? source_->find_submodule(package.location(), dotted)
                                                                : find_submodule(package.location(), dotted, files());
  const Module* found = file.location.empty() ? nullptr : module(module_key(file.location));
  return {found == nullptr ? nullptr : found->index.get(), file.length};
}

}  // namespace surefoot::project

#include "analysis/project/module.hpp"

#include <algorithm>

#include "analysis/text/hash.hpp"

namespace surefoot::project {
namespace {

using ModelPtr = std::shared_ptr<const semantics::UnitModel>;

// Relative paths mean other files elsewhere.
std::uint64_t hash_of_imports(const semantics::UnitModel& model) {
  text::Hasher hash;
  bool any = false;
  const auto add = [&](std::string_view path) {
    hash.add(path);
    any = true;
  };
  for (const semantics::Term& term : model.terms) {
    if (term.op == semantics::Op::imported) add(term.name);
  }
  for (const semantics::Binding& binding : model.bindings) {
    if (binding.kind == semantics::BindingKind::star_import) add(binding.name);
  }
  return any ? hash.value() : 0;
}

// Adds the model of the next unit. `container`: the path of the class around it.
void add_model(const syntax::PlacedUnit& placed, const std::string& container, ModuleKey file, const Module* previous,
               Module& module) {
  if (placed.previous != syntax::kNew && previous != nullptr) {
    const ModelPtr& old = previous->models[placed.previous];
    if (old->container == container) {
      module.models.push_back(old);
      module.imports.push_back(previous->imports[placed.previous]);
      return;
    }
  }
  module.models.push_back(semantics::model_unit(placed.unit, container, file));
  module.imports.push_back(hash_of_imports(*module.models.back()));
}

void add_models(const Module* previous, Module& module) {
  module.models.reserve(module.units.units.size());
  module.imports.reserve(module.units.units.size());
  const ModuleKey file = module_key(module.place.location());
  std::vector<std::string> containers;  // the class around each level
  for (const syntax::PlacedUnit& placed : module.units.units) {
    containers.resize(std::min<std::size_t>(containers.size(), placed.level));
    const std::string container = containers.empty() ? std::string() : containers.back();
    add_model(placed, container, file, previous, module);
    if (placed.unit->is_class_header) {
      const auto& classes = module.models.back()->classes;
      containers.push_back(classes.empty() ? container : classes.front().path);
    }
  }
}

}  // namespace

ModulePtr read_module(Place place, text::SourceText text, const Module* previous, const std::stop_token& stop) {
  auto module = std::make_shared<Module>();
  if (previous != nullptr && (previous->place.path != place.path || previous->place.root != place.root)) {
    previous = nullptr;
  }
  module->place = std::move(place);
  module->text = std::move(text);
  if (previous != nullptr) {
    const syntax::ReadUnits before{previous->text, previous->units};
    module->units = syntax::read_units(module->text, &before, stop);
  } else {
    module->units = syntax::read_units(module->text, nullptr, stop);
  }
  add_models(previous, *module);
  module->index =
      std::make_unique<const semantics::ModuleIndex>(module->place.path, module->models, module->place.location());
  return module;
}

std::vector<std::string> imported_paths(const Module& module) {
  std::vector<std::string> paths;
  for (const ModelPtr& model : module.models) {
    for (const semantics::Term& term : model->terms) {
      if (term.op == semantics::Op::imported) paths.push_back(module.index->absolute(term.name));
    }
  }
  for (const std::string_view star : module.index->star_imports()) paths.push_back(module.index->absolute(star));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::uint64_t imports_hash(const Module& module) {
  text::Hasher hash;
  hash.add(module.index->name());
  for (const std::uint64_t imports : module.imports) {
    if (imports != 0) hash.add(imports);
  }
  return hash.value();
}

}  // namespace surefoot::project

#include "analysis/project/module.hpp"

#include <algorithm>
#include <utility>

namespace surefoot::project {
namespace {

using ModelPtr = std::shared_ptr<const semantics::UnitModel>;

// `container`: the path of the class around the unit.
ModelPtr model_of(const syntax::PlacedUnit& placed, const std::string& container, const Module* previous) {
  if (placed.previous != syntax::kNew && previous != nullptr) {
    const ModelPtr& old = previous->models[placed.previous];
    if (old->container == container) return old;
  }
  return semantics::model_unit(placed.unit, container);
}

std::vector<ModelPtr> make_models(const syntax::UnitList& units, const Module* previous) {
  std::vector<ModelPtr> models;
  models.reserve(units.units.size());
  std::vector<std::string> containers;  // the class around each level
  for (const syntax::PlacedUnit& placed : units.units) {
    containers.resize(std::min<std::size_t>(containers.size(), placed.level));
    const std::string container = containers.empty() ? std::string() : containers.back();
    const ModelPtr& model = models.emplace_back(model_of(placed, container, previous));
    if (placed.unit->is_class_header) {
      containers.push_back(model->classes.empty() ? container : model->classes.front().path);
    }
  }
  return models;
}

ModulePtr make_module(Place place, text::SourceText text, syntax::UnitList units, const Module* previous) {
  auto module = std::make_shared<Module>();
  module->place = std::move(place);
  module->text = std::move(text);
  module->units = std::move(units);
  module->models = make_models(module->units, previous);
  module->index =
      std::make_unique<const semantics::ModuleIndex>(module->place.path, module->models, module->place.location());
  return module;
}

}  // namespace

ModulePtr read_module(Place place, text::SourceText text, const syntax::Tree& tree, const Module* previous) {
  if (previous != nullptr && (previous->place.path != place.path || previous->place.root != place.root)) {
    previous = nullptr;
  }
  syntax::UnitList units;
  if (tree) units = syntax::split_units(tree, text, previous != nullptr ? &previous->units : nullptr);
  return make_module(std::move(place), std::move(text), std::move(units), previous);
}

ModulePtr read_module(Place place, text::SourceText text, syntax::UnitList units) {
  return make_module(std::move(place), std::move(text), std::move(units), nullptr);
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

}  // namespace surefoot::project

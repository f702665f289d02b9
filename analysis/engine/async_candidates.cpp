#include "analysis/engine/async_candidates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/run_by.hpp"
#include "analysis/rules/web_handlers.hpp"

namespace surefoot::engine {
namespace {

using project::Module;
using project::OwnedFunction;
using semantics::ClassEntry;
using semantics::Resolver;
using semantics::Type;
using semantics::UnitModel;

std::string last_name(std::string_view path) { return std::string(path.substr(path.rfind('.') + 1)); }

bool only_kept_by_its_class(const OwnedFunction& function, Resolver& resolver) {
  const UnitModel& model = *function.module->models[function.unit];
  return std::all_of(function.function->decorators.begin(), function.function->decorators.end(), [&](auto decorator) {
    const Type* type = semantics::only(resolver.type_of(model, decorator));
    return type != nullptr && (type->name == "staticmethod" || type->name == "classmethod");
  });
}

bool framework_calls(const OwnedFunction& owned, Resolver& resolver, const Config& config) {
  const Module& module = *owned.module;
  const fixes::FileView file{module.place.path, module.text, module.units, module.models, *module.index, config};
  rules::Context context(file, owned.unit, resolver);
  const auto definition = context.unit().unit->ast.node(owned.function->node);
  return rules::run_by_declaration(definition, context) != rules::RunBy::caller ||
         rules::is_request_handler(*owned.function, context);
}

// The classes of the program round one method.
class Family {
 public:
  Family(const OwnedFunction& method, const project::Program& program)
      : method_(method),
        program_(program),
        class_(method.module->index->name() + "." + method.function->container),
        short_class_(last_name(method.function->container)) {}

  std::string obstacle() const {
    const ClassEntry* own = method_.module->index->find_class(method_.function->container);
    if (own == nullptr) return "belongs to a class that is not understood";
    if (!own->definition->decorators.empty()) return "belongs to a class with decorators";
    if (overrides(*method_.module, *own, 0)) return "may override a method of a base class";
    for (const project::ModulePtr& module : program_.all()) {
      if (is_overridden_in(*module)) return "may be overridden in `" + module->place.path + "`";
    }
    return {};
  }

 private:
  bool overrides(const Module& module, const ClassEntry& entry, int depth) const {
    Resolver resolver(*module.index, &program_);
    for (const auto base : entry.definition->bases) {
      const Type* type = semantics::only(resolver.type_of(*entry.unit, base));
      if (type == nullptr || depth > 20) return true;
      if (type->name == "object" || type->name == "builtins.object") continue;
      const Module* owner = type->unit == nullptr ? nullptr : program_.module(resolver.module_of(*type->unit));
      const std::string prefix = owner == nullptr ? std::string() : owner->index->name() + ".";
      if (owner == nullptr || !type->name.starts_with(prefix)) return true;
      const ClassEntry* above = owner->index->find_class(type->name.substr(prefix.size()));
      if (above == nullptr || above->attributes.count(method_.function->name) != 0) return true;
      if (overrides(*owner, *above, depth + 1)) return true;
    }
    return false;
  }

  bool is_overridden_in(const Module& module) const {
    if (module.text.bytes().find(method_.function->name) == std::string_view::npos) return false;
    Resolver resolver(*module.index, &program_);
    for (const auto& model : module.models) {
      for (const semantics::Function& other : model->functions) {
        if (other.name != method_.function->name || other.container.empty() || &other == method_.function) continue;
        const ClassEntry* entry = module.index->find_class(other.container);
        if (entry == nullptr || may_derive(*entry, resolver)) return true;
      }
    }
    return false;
  }

  // Protocols count for all classes that look like them.
  bool may_derive(const ClassEntry& entry, Resolver& resolver) const {
    const auto& bases = entry.definition->bases;
    return std::any_of(bases.begin(), bases.end(), [&](semantics::TermId base) {
      const Type* type = semantics::only(resolver.type_of(*entry.unit, base));
      return type == nullptr || last_name(type->name) == short_class_ || last_name(type->name) == "Protocol" ||
             resolver.is_subclass(type->name, class_) || resolver.is_subclass(type->name, "typing.Protocol");
    });
  }

  const OwnedFunction& method_;
  const project::Program& program_;
  std::string class_;
  std::string short_class_;
};

// In an `if`, in a `try`: which one a call means is not known.
bool is_defined_again(const OwnedFunction& owned) {
  const auto& models = owned.module->models;
  return std::any_of(models.begin(), models.end(), [&](const auto& model) {
    return std::any_of(model->functions.begin(), model->functions.end(), [&](const semantics::Function& other) {
      return &other != owned.function && other.path == owned.function->path;
    });
  });
}

std::string clause(const OwnedFunction& owned, const project::Program& program, const Config& config) {
  const semantics::Function& function = *owned.function;
  Resolver resolver(*owned.module->index, &program);
  if (function.is_generator) return "is a generator";
  if (is_defined_again(owned)) return "is defined more than once";
  if (function.name.starts_with("__")) return "is called by Python itself";
  if (rules::is_test_path(owned.module->place.path)) return "is a test, or helps one";
  if (framework_calls(owned, resolver, config)) return "is called by a framework";
  if (!only_kept_by_its_class(owned, resolver)) return "has decorators";
  return function.container.empty() ? std::string() : Family(owned, program).obstacle();
}

}  // namespace

std::string obstacle_to_async(const OwnedFunction& function, const project::Program& program, const Config& config) {
  const std::string why = clause(function, program, config);
  return why.empty() ? why : fmt::format("`{}` {}", function.function->name, why);
}

}  // namespace surefoot::engine

#include "analysis/engine/project.hpp"

#include <algorithm>

#include "analysis/engine/unit_check.hpp"

namespace surefoot::engine {

Surroundings Surroundings::of(const project::Program& program, const semantics::Resolver& resolver) {
  Surroundings result;
  result.files = program.files_hash();
  result.lead_back = resolver.is_asked_by_others();
  for (const semantics::ModuleIndex* module : resolver.asked()) {
    result.asked.emplace_back(project::module_key(module->location()), module->shape());
  }
  std::sort(result.asked.begin(), result.asked.end());
  return result;
}

bool Surroundings::hold_in(const project::Program& program) const {
  return files == program.files_hash() && std::all_of(asked.begin(), asked.end(), [&](const auto& one) {
           const project::Module* module = program.module(one.first);
           return module != nullptr && module->index->shape() == one.second;
         });
}

bool Surroundings::are_same(const project::Program& before, const project::Program& after) const {
  return std::all_of(asked.begin(), asked.end(),
                     [&](const auto& one) { return before.module(one.first) == after.module(one.first); });
}

void Surroundings::add(const Surroundings& other) {
  lead_back = lead_back || other.lead_back;
  asked.insert(asked.end(), other.asked.begin(), other.asked.end());
  std::sort(asked.begin(), asked.end());
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
}

Project::Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config,
                 std::shared_ptr<FactsStore> store)
    : program_(std::move(program)),
      config_(std::move(config)),
      store_(store == nullptr ? std::make_shared<FactsStore>() : std::move(store)) {}

std::shared_ptr<const Project> Project::empty(std::shared_ptr<const Config> config) {
  return std::make_shared<const Project>(std::make_shared<const project::Program>(std::vector<project::ModulePtr>()),
                                         std::move(config));
}

std::shared_ptr<const Project> Project::over(std::shared_ptr<const project::Program> program) const {
  return std::make_shared<const Project>(std::move(program), config_, store_);
}

void Project::offer(const project::Module& module, project::FactsPtr facts, Surroundings surroundings) const {
  const project::ModuleKey key = project::module_key(module.index->location());
  project::ModulePtr pointer = program_->pointer(key);
  if (pointer.get() == &module) store_->keep(key, {std::move(pointer), std::move(facts), std::move(surroundings)});
}

project::FactsPtr Project::facts(project::ModuleKey key) const {
  const project::Module* module = program_->module(key);
  if (module == nullptr) return nullptr;
  const auto kept = store_->find(key);
  if (kept && kept->module.lock().get() == module && kept->surroundings.hold_in(*program_)) return kept->facts;
  semantics::Resolver resolver(*module->index, program_.get());
  project::FactsPtr facts = read_facts(*module, *config_, resolver);
  offer(*module, facts, Surroundings::of(*program_, resolver));
  return facts;
}

std::shared_ptr<const project::Effects> Project::effects(project::ModuleKey module) const {
  return effects(std::vector{module});
}

std::shared_ptr<const project::Effects> Project::effects(const std::vector<project::ModuleKey>& modules) const {
  return std::make_shared<const project::Effects>(modules, [this](project::ModuleKey key) { return facts(key); });
}

}  // namespace surefoot::engine

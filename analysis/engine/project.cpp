#include "analysis/engine/project.hpp"

#include <algorithm>

#include "analysis/engine/unit_check.hpp"

namespace surefoot::engine {
namespace {

bool is_same(const semantics::Shape& a, const semantics::Shape& b) { return &a == &b || a.value() == b.value(); }

bool is_before(const Surroundings::Asked& a, const Surroundings::Asked& b) { return a.first < b.first; }

}  // namespace

Surroundings Surroundings::of(const project::Program& program, const semantics::Resolver& resolver) {
  Surroundings result;
  result.files = program.files_hash();
  result.lead_back = resolver.is_asked_by_others();
  for (const semantics::ModuleIndex* module : resolver.asked()) {
    result.asked.emplace_back(module->key(), module->shape_later());
  }
  std::sort(result.asked.begin(), result.asked.end(), is_before);
  return result;
}

bool Surroundings::hold_in(const project::Program& program) const {
  return files == program.files_hash() && std::all_of(asked.begin(), asked.end(), [&](const auto& one) {
           const project::Module* module = program.module(one.first);
           return module != nullptr && is_same(*module->index->shape_later(), *one.second);
         });
}

bool Surroundings::are_same(const project::Program& before, const project::Program& after) const {
  return std::all_of(asked.begin(), asked.end(),
                     [&](const auto& one) { return before.module(one.first) == after.module(one.first); });
}

void Surroundings::add(const Surroundings& other) {
  lead_back = lead_back || other.lead_back;
  asked.insert(asked.end(), other.asked.begin(), other.asked.end());
  std::sort(asked.begin(), asked.end(), is_before);
  const auto same = [](const Surroundings::Asked& a, const Surroundings::Asked& b) {
    return a.first == b.first && is_same(*a.second, *b.second);
  };
  asked.erase(std::unique(asked.begin(), asked.end(), same), asked.end());
}

Project::Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config,
                 std::shared_ptr<FactsStore> store)
    : Project(std::move(program), config, store == nullptr ? std::make_shared<FactsStore>() : std::move(store),
              std::make_shared<const RulesByFile>(config)) {}

Project::Project(std::shared_ptr<const project::Program> program, std::shared_ptr<const Config> config,
                 std::shared_ptr<FactsStore> store, std::shared_ptr<const RulesByFile> rules)
    : program_(std::move(program)), config_(std::move(config)), store_(std::move(store)), rules_(std::move(rules)) {}

std::shared_ptr<const Project> Project::empty(std::shared_ptr<const Config> config) {
  return std::make_shared<const Project>(std::make_shared<const project::Program>(std::vector<project::ModulePtr>()),
                                         std::move(config));
}

std::shared_ptr<const Project> Project::over(std::shared_ptr<const project::Program> program) const {
  return std::shared_ptr<const Project>(new Project(std::move(program), config_, store_, rules_));
}

void Project::offer(const project::Module& module, project::FactsPtr facts, Surroundings surroundings) const {
  const project::ModuleKey key = module.index->key();
  project::ModulePtr pointer = program_->pointer(key);
  if (pointer.get() == &module && facts->is_complete)
    store_->keep(key, {std::move(pointer), std::move(facts), std::move(surroundings)});
}

project::FactsPtr Project::facts(project::ModuleKey module) const { return some_facts({module}).facts; }

KeptFacts Project::some_facts(const project::Wanted& wanted) const {
  project::ModulePtr module = program_->pointer(wanted.module);
  if (module == nullptr) return {};
  auto kept = store_->find(wanted.module);
  if (kept && kept->module.lock() == module && kept->surroundings.hold_in(*program_)) return *std::move(kept);
  semantics::Resolver resolver(*module->index, program_.get());
  KeptFacts facts{module, read_facts(*module, wanted.functions, *config_, resolver), {}};
  facts.surroundings = Surroundings::of(*program_, resolver);
  offer(*module, facts.facts, facts.surroundings);
  return facts;
}

std::shared_ptr<const project::Effects> Project::effects(project::ModuleKey module) const {
  return std::make_shared<const project::Effects>(
      std::vector<project::Effects::Root>{{module, facts(module)}},
      [this](const std::vector<project::Wanted>& wanted) { return facts_of(wanted); });
}

std::vector<project::FactsPtr> Project::facts_of(const std::vector<project::Wanted>& wanted) const {
  std::vector<project::FactsPtr> all;
  all.reserve(wanted.size());
  for (const project::Wanted& one : wanted) all.push_back(facts(one.module));
  return all;
}

}  // namespace surefoot::engine

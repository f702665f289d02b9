// How the graph of functions is made: read from the facts, joined, and the effects spread over it.

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "analysis/project/effects.hpp"

namespace surefoot::project {
namespace {

std::size_t number_of(std::string_view code, std::vector<std::string_view>& codes) {
  const auto found = std::find(codes.begin(), codes.end(), code);
  if (found != codes.end()) return static_cast<std::size_t>(found - codes.begin());
  codes.push_back(code);
  return codes.size() - 1;
}

}  // namespace

Effects::Effects(const std::vector<Root>& roots, const FactsOf& facts_of) {
  auto graph = std::make_shared<Graph>();
  read(roots, facts_of, *graph);
  connect(*graph);
  for (std::size_t code = 0; code < graph->codes.size(); ++code) spread(code, *graph);
  graph_ = std::move(graph);
}

std::shared_ptr<const Effects> Effects::in_new_places(const FactsOf& facts_of) const {
  const std::shared_ptr<Effects> next(new Effects());
  next->graph_ = graph_;
  std::vector<Wanted> all;
  for (const ModuleKey module : graph_->modules) all.push_back({module});
  next->facts_ = facts_of(all);
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    if (next->facts_[i] == nullptr || next->facts_[i]->hash != facts_[i]->hash) return nullptr;
  }
  return next;
}

namespace {

bool asks(const FunctionFacts& function) {
  const auto is_question = [](const Call& call) { return call.runs == Runs::asked; };
  return ((function.is_async || function.is_module) && !function.calls.empty()) ||
         std::any_of(function.calls.begin(), function.calls.end(), is_question);
}

// The functions that a call may run, and those on which it depends whether it runs them.
std::vector<FunctionKey> behind(const Call& call) {
  std::vector<FunctionKey> keys{call.callee, call.through};
  for (const Override& one : call.overrides) keys.push_back(one.function);
  return keys;
}

}  // namespace

// From the functions of the roots whose calls are asked about, step by step: what others say is asked for when some
// call leads there.
void Effects::read(const std::vector<Root>& roots, const FactsOf& facts_of, Graph& graph) {
  for (const Root& root : roots) {
    if (!graph.module_numbers.contains(root.module)) add_module(root.module, root.facts, graph);
  }
  std::vector<std::uint32_t> front;
  for (const auto& asking : graph.asking) front.insert(front.end(), asking.begin(), asking.end());
  std::unordered_set<std::uint32_t> reached(front.begin(), front.end());
  while (!front.empty()) {
    std::vector<FunctionKey> called;
    for (const std::uint32_t number : front) {
      for (const Call& call : this->facts_of(graph, number).calls) {
        for (const FunctionKey& key : behind(call)) called.push_back(key);
      }
    }
    add_functions(called, facts_of, graph);
    front.clear();
    for (const FunctionKey& key : called) {
      const auto known = graph.numbers.find(key);
      if (known != graph.numbers.end() && reached.insert(known->second).second) front.push_back(known->second);
    }
  }
}

void Effects::add_functions(const std::vector<FunctionKey>& functions, const FactsOf& facts_of, Graph& graph) {
  std::vector<Wanted> wanted;
  std::unordered_map<ModuleKey, std::size_t> places;
  for (const FunctionKey& key : functions) {
    const auto module = graph.module_numbers.find(key.module);
    const bool is_complete = module != graph.module_numbers.end() && facts_[module->second]->is_complete;
    if (key.module == 0 || is_complete || graph.numbers.contains(key) || !graph.asked.insert(key).second) continue;
    const auto [place, is_new] = places.try_emplace(key.module, wanted.size());
    if (is_new) wanted.push_back({key.module});
    wanted[place->second].functions.push_back(key.path);
  }
  if (wanted.empty()) return;
  std::vector<FactsPtr> facts = facts_of(wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) add_module(wanted[i].module, std::move(facts[i]), graph);
}

// What is there already stays, with its numbers.
void Effects::add_module(ModuleKey module, FactsPtr facts, Graph& graph) {
  if (facts == nullptr) return;
  const auto [known, is_new] = graph.module_numbers.try_emplace(module, static_cast<std::uint32_t>(facts_.size()));
  const std::uint32_t number = known->second;
  if (is_new) {
    graph.modules.push_back(module);
    graph.asking.emplace_back();
    facts_.emplace_back();
  }
  auto all = std::make_shared<ModuleFacts>(*facts);
  const FactsPtr before = std::exchange(facts_[number], all);
  all->is_complete = true;
  for (std::uint32_t unit = 0; unit < all->units.size(); ++unit) {
    const bool is_known = before != nullptr && before->units[unit] != nullptr;
    if (is_known) all->units[unit] = before->units[unit];
    if (!is_known && all->units[unit] != nullptr) add_unit(number, unit, graph);
    all->is_complete = all->is_complete && all->units[unit] != nullptr;
  }
}

void Effects::add_unit(std::uint32_t module, std::uint32_t unit, Graph& graph) const {
  const auto& functions = facts_[module]->units[unit]->functions;
  for (std::uint32_t i = 0; i < functions.size(); ++i) {
    graph.numbers.emplace(functions[i].key, static_cast<std::uint32_t>(graph.nodes.size()));
    if (asks(functions[i])) graph.asking[module].push_back(static_cast<std::uint32_t>(graph.nodes.size()));
    graph.nodes.push_back({module, unit, i, {}, {}});
  }
}

void Effects::connect(Graph& graph) const {
  for (std::uint32_t caller = 0; caller < graph.nodes.size(); ++caller) {
    const FunctionFacts& facts = facts_of(graph.nodes[caller]);
    for (const Call& call : facts.calls) {
      if (call.runs == Runs::asked || !happens(graph, call)) continue;
      for (const FunctionKey& target : targets(graph, call)) {
        const auto callee = graph.numbers.find(target);
        if (callee != graph.numbers.end()) graph.nodes[callee->second].callers.push_back(caller);
      }
    }
    for (const Source& source : facts.sources) number_of(source.code, graph.codes);
  }
  for (Node& node : graph.nodes) {
    node.distance.assign(graph.codes.size(), kFar);
    for (const Source& source : facts_of(node).sources) node.distance[number_of(source.code, graph.codes)] = 0;
  }
}

// Breadth first from the sources up to the callers: cycles need no care. What a coroutine does stays with it.
void Effects::spread(std::size_t code, Graph& graph) const {
  std::vector<std::uint32_t> front;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].distance[code] == 0) front.push_back(i);
  }
  for (std::uint16_t distance = 1; !front.empty() && distance < kFar; ++distance) {
    std::vector<std::uint32_t> next;
    for (const std::uint32_t callee : front) {
      if (facts_of(graph.nodes[callee]).is_async) continue;
      for (const std::uint32_t caller : graph.nodes[callee].callers) {
        if (graph.nodes[caller].distance[code] != kFar || !is_led_to(graph, graph.nodes[caller], code)) continue;
        graph.nodes[caller].distance[code] = distance;
        next.push_back(caller);
      }
    }
    front = std::move(next);
  }
}

std::vector<ModuleKey> Effects::modules() const {
  std::vector<ModuleKey> sorted = graph_->modules;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::vector<ModuleKey> Effects::modules_behind(ModuleKey module) const {
  std::vector<ModuleKey> modules;
  const auto number = graph_->module_numbers.find(module);
  if (number == graph_->module_numbers.end()) return modules;
  std::vector<std::uint32_t> waiting = graph_->asking[number->second];
  std::unordered_set<std::uint32_t> seen(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const Node& node = graph_->nodes[waiting.back()];
    waiting.pop_back();
    modules.push_back(graph_->modules[node.module]);
    for (const Call& call : facts_of(node).calls) {
      for (const FunctionKey& next : behind(call)) {
        const auto known = graph_->numbers.find(next);
        if (known != graph_->numbers.end() && seen.insert(known->second).second) waiting.push_back(known->second);
        // Known by its module alone: an edit may give it the function.
        if (known == graph_->numbers.end() && next.module != 0) modules.push_back(next.module);
      }
    }
  }
  std::sort(modules.begin(), modules.end());
  modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  return modules;
}

}  // namespace surefoot::project

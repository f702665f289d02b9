// How the graph of functions is made: read from the facts, joined, and the effects spread over it.

#include <algorithm>
#include <unordered_set>

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

Effects::Effects(const std::vector<ModuleKey>& roots, const FactsOf& facts_of) {
  auto graph = std::make_shared<Graph>();
  read(roots, facts_of, *graph);
  connect(*graph);
  for (std::size_t code = 0; code < graph->codes.size(); ++code) spread(code, *graph);
  graph_ = std::move(graph);
}

std::shared_ptr<const Effects> Effects::in_new_places(const FactsOf& facts_of) const {
  const std::shared_ptr<Effects> next(new Effects());
  next->graph_ = graph_;
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    FactsPtr facts = facts_of(graph_->modules[i]);
    if (facts == nullptr || facts->hash != facts_[i]->hash) return nullptr;
    next->facts_.push_back(std::move(facts));
  }
  return next;
}

namespace {

bool asks(const FunctionFacts& function) {
  const auto is_question = [](const Call& call) { return call.runs == Runs::asked; };
  return function.is_async || function.is_module ||
         std::any_of(function.calls.begin(), function.calls.end(), is_question);
}

// The functions that a call may run, and those on which it depends whether it runs them.
std::vector<FunctionKey> behind(const Call& call) {
  std::vector<FunctionKey> keys{call.callee, call.through};
  for (const Override& one : call.overrides) keys.push_back(one.function);
  return keys;
}

}  // namespace

// From the functions of the roots whose calls are asked about: a module is read when some call leads there.
void Effects::read(const std::vector<ModuleKey>& roots, const FactsOf& facts_of, Graph& graph) {
  std::unordered_set<ModuleKey> seen;
  for (const ModuleKey root : roots) {
    if (seen.insert(root).second) add_module(root, facts_of, graph);
  }
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    if (asks(this->facts_of(graph, i))) waiting.push_back(i);
  }
  std::unordered_set<std::uint32_t> reached(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const FunctionFacts& function = this->facts_of(graph, waiting.back());
    waiting.pop_back();
    for (const Call& call : function.calls) {
      for (const FunctionKey& key : behind(call)) {
        if (key.module != 0 && seen.insert(key.module).second) add_module(key.module, facts_of, graph);
        const auto known = graph.numbers.find(key);
        if (known != graph.numbers.end() && reached.insert(known->second).second) waiting.push_back(known->second);
      }
    }
  }
}

void Effects::add_module(ModuleKey module, const FactsOf& facts_of, Graph& graph) {
  const FactsPtr facts = facts_of(module);
  if (facts == nullptr) return;
  const auto number = static_cast<std::uint32_t>(facts_.size());
  graph.modules.push_back(module);
  facts_.push_back(facts);
  graph.first_nodes.push_back(static_cast<std::uint32_t>(graph.nodes.size()));
  for (std::uint32_t unit = 0; unit < facts->units.size(); ++unit) {
    const auto& functions = facts->units[unit]->functions;
    for (std::uint32_t i = 0; i < functions.size(); ++i) {
      graph.numbers.emplace(functions[i].key, static_cast<std::uint32_t>(graph.nodes.size()));
      graph.nodes.push_back({number, unit, i, {}, {}});
    }
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
  std::vector<std::uint32_t> waiting;
  std::vector<ModuleKey> modules;
  const auto found = std::find(graph_->modules.begin(), graph_->modules.end(), module);
  if (found == graph_->modules.end()) return modules;
  const auto number = static_cast<std::size_t>(found - graph_->modules.begin());
  for (std::uint32_t i = graph_->first_nodes[number]; i < graph_->nodes.size() && graph_->nodes[i].module == number;
       ++i) {
    const FunctionFacts& facts = facts_of(graph_->nodes[i]);
    if (asks(facts) && !facts.calls.empty()) waiting.push_back(i);
  }
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

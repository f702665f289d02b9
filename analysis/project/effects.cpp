#include "analysis/project/effects.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "analysis/text/hash.hpp"

namespace surefoot::project {

FunctionKey function_key(std::string_view location, std::string_view path) {
  return {module_key(location), text::Hasher().add(path).value()};
}

Effects::Effects(const std::vector<ModuleKey>& roots, const FactsOf& facts_of) {
  read(roots, facts_of);
  connect();
  for (std::size_t code = 0; code < codes_.size(); ++code) spread(code);
}

// All functions of the roots' modules, and of those that they lead to.
void Effects::read(const std::vector<ModuleKey>& roots, const FactsOf& facts_of) {
  std::vector<ModuleKey> waiting(roots.rbegin(), roots.rend());
  std::unordered_set<ModuleKey> seen(roots.begin(), roots.end());
  while (!waiting.empty()) {
    const ModuleKey module = waiting.back();
    waiting.pop_back();
    const FactsPtr facts = facts_of(module);
    if (facts == nullptr) continue;
    modules_.push_back(module);
    facts_.push_back(facts);
    first_node_[module] = static_cast<std::uint32_t>(nodes_.size());
    for (std::uint32_t unit = 0; unit < facts->units.size(); ++unit) {
      for (const FunctionFacts& function : facts->units[unit]->functions) {
        numbers_.emplace(function.key, static_cast<std::uint32_t>(nodes_.size()));
        nodes_.push_back({{module, unit, &function}, {}, {}});
        for (const Call& call : function.calls) {
          for (const ModuleKey next : {call.callee.module, call.through.module}) {
            if (next != 0 && seen.insert(next).second) waiting.push_back(next);
          }
        }
      }
    }
  }
}

void Effects::connect() {
  for (std::uint32_t caller = 0; caller < nodes_.size(); ++caller) {
    const FunctionFacts& facts = *nodes_[caller].function.facts;
    for (const Call& call : facts.calls) {
      const auto callee = numbers_.find(call.callee);
      if (callee != numbers_.end() && happens(call)) nodes_[callee->second].callers.push_back(caller);
    }
    for (const Source& source : facts.sources) number_of(source.code);
  }
  for (Node& node : nodes_) {
    node.distance.assign(codes_.size(), kFar);
    for (const Source& source : node.function.facts->sources) node.distance[number_of(source.code)] = 0;
  }
}

// Breadth first from the sources up to the callers: cycles need no care. What a coroutine does stays with it.
void Effects::spread(std::size_t code) {
  std::vector<std::uint32_t> front;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].distance[code] == 0) front.push_back(i);
  }
  for (std::uint16_t distance = 1; !front.empty() && distance < kFar; ++distance) {
    std::vector<std::uint32_t> next;
    for (const std::uint32_t callee : front) {
      if (nodes_[callee].function.facts->is_async) continue;
      for (const std::uint32_t caller : nodes_[callee].callers) {
        if (nodes_[caller].distance[code] != kFar) continue;
        nodes_[caller].distance[code] = distance;
        next.push_back(caller);
      }
    }
    front = std::move(next);
  }
}

std::size_t Effects::number_of(std::string_view code) {
  const auto found = std::find(codes_.begin(), codes_.end(), code);
  if (found != codes_.end()) return static_cast<std::size_t>(found - codes_.begin());
  codes_.push_back(code);
  return codes_.size() - 1;
}

const Effects::Node* Effects::find(const FunctionKey& key) const {
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? nullptr : &nodes_[found->second];
}

bool Effects::happens(const Call& call) const {
  if (call.through == FunctionKey{}) return true;
  const Node* through = find(call.through);
  if (through == nullptr) return false;
  const auto& called = through->function.facts->called_parameters;
  return std::find(called.begin(), called.end(), call.parameter) != called.end();
}

std::vector<ModuleKey> Effects::modules() const {
  std::vector<ModuleKey> sorted = modules_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::vector<ModuleKey> Effects::modules_behind(ModuleKey module) const {
  std::vector<std::uint32_t> waiting;
  const auto first = first_node_.find(module);
  for (std::uint32_t i = first == first_node_.end() ? static_cast<std::uint32_t>(nodes_.size()) : first->second;
       i < nodes_.size() && nodes_[i].function.module == module; ++i) {
    const FunctionFacts& facts = *nodes_[i].function.facts;
    if ((facts.is_async || facts.is_module) && !facts.calls.empty()) waiting.push_back(i);
  }
  std::unordered_set<std::uint32_t> seen(waiting.begin(), waiting.end());
  std::vector<ModuleKey> modules;
  while (!waiting.empty()) {
    const PlacedFunction& function = nodes_[waiting.back()].function;
    waiting.pop_back();
    modules.push_back(function.module);
    for (const Call& call : function.facts->calls) {
      for (const FunctionKey& next : {call.callee, call.through}) {
        const auto number = numbers_.find(next);
        if (number != numbers_.end() && seen.insert(number->second).second) waiting.push_back(number->second);
        // Known by its module alone: an edit may give it the function.
        if (number == numbers_.end() && next.module != 0) modules.push_back(next.module);
      }
    }
  }
  std::sort(modules.begin(), modules.end());
  modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  return modules;
}

std::string_view Effects::name(const FunctionKey& function) const {
  const Node* node = find(function);
  return node == nullptr ? std::string_view() : node->function.facts->name;
}

std::vector<std::string_view> Effects::of(const FunctionKey& function) const {
  std::vector<std::string_view> codes;
  const Node* node = find(function);
  if (node == nullptr || node->function.facts->is_async) return codes;
  for (std::size_t code = 0; code < codes_.size(); ++code) {
    if (node->distance[code] != kFar) codes.push_back(codes_[code]);
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

const Call* Effects::next_call(const Node& node, std::size_t code) const {
  const Call* best = nullptr;
  const Node* best_callee = nullptr;
  for (const Call& call : node.function.facts->calls) {
    const Node* callee = happens(call) ? find(call.callee) : nullptr;
    if (callee == nullptr || callee->function.facts->is_async || callee->distance[code] + 1 != node.distance[code]) {
      continue;
    }
    if (best_callee == nullptr || callee->function.facts->name < best_callee->function.facts->name) {
      best = &call;
      best_callee = callee;
    }
  }
  return best;
}

std::vector<Hop> Effects::chain(const FunctionKey& function, std::string_view code) const {
  std::vector<Hop> hops;
  const auto number = std::find(codes_.begin(), codes_.end(), code);
  const Node* node = find(function);
  if (node == nullptr || number == codes_.end()) return hops;
  const auto column = static_cast<std::size_t>(number - codes_.begin());
  while (node != nullptr && node->distance[column] != kFar) {
    if (node->distance[column] == 0) {
      const auto& sources = node->function.facts->sources;
      const auto source = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.code == code; });
      hops.push_back({node->function, nullptr, &*source});
      return hops;
    }
    const Call* call = next_call(*node, column);
    if (call == nullptr) return {};
    hops.push_back({node->function, call, nullptr});
    node = find(call->callee);
  }
  return {};
}

}  // namespace surefoot::project

#include "analysis/project/effects.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "analysis/text/hash.hpp"

namespace surefoot::project {

std::uint64_t path_key(std::string_view path) { return text::Hasher().add(path).value(); }

FunctionKey function_key(const semantics::ModuleIndex& module, std::string_view path) {
  return {module.key(), path_key(path)};
}

FunctionKey key_of_file(const semantics::ModuleIndex& file) { return {file.key(), 0}; }

namespace {

bool calls_own_method(const Call& call) { return call.self_method != 0 && call.runs != Runs::asked; }

const Override* override_of(const Call& self_call, const std::vector<Override>& overrides) {
  const auto found = std::lower_bound(overrides.begin(), overrides.end(), self_call.self_method,
                                      [](const Override& one, std::uint64_t name) { return one.name < name; });
  return found != overrides.end() && found->name == self_call.self_method ? &*found : nullptr;
}

}  // namespace

std::vector<FunctionKey> Effects::targets(const Graph& graph, const Call& call) const {
  std::vector<FunctionKey> found{call.callee};
  if (call.overrides.empty()) return found;
  std::vector<FunctionKey> methods{call.callee};  // that run on the object
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const Node* node = find(graph, methods[i]);
    if (node == nullptr) continue;
    for (const Call& own : facts_of(*node).calls) {
      if (!calls_own_method(own)) continue;
      const Override* instead = override_of(own, call.overrides);
      const FunctionKey next = instead == nullptr ? own.callee : instead->function;
      if (std::find(methods.begin(), methods.end(), next) != methods.end()) continue;
      methods.push_back(next);
      if (instead != nullptr) found.push_back(next);
    }
  }
  return found;
}

// False for a method whose way to the effect leads through methods that the object has others for.
bool Effects::leads_to(const Graph& graph, const FunctionKey& method, const std::vector<Override>& overrides,
                       std::size_t code) const {
  // What other objects do is taken as it is known of their methods: to ask of each call in turn need not end.
  const auto has_effect = [&](const FunctionKey& target) {
    const Node* node = find(graph, target);
    return node != nullptr && !facts_of(*node).is_async && node->distance[code] != kFar;
  };
  std::vector<FunctionKey> methods{method};
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const Node* node = find(graph, methods[i]);
    if (node == nullptr) continue;
    if (node->distance[code] == 0) return true;
    for (const Call& call : facts_of(*node).calls) {
      if (!calls_own_method(call)) {
        const bool runs = call.runs != Runs::asked && happens(graph, call);
        const std::vector<FunctionKey> all = runs ? targets(graph, call) : std::vector<FunctionKey>();
        if (std::any_of(all.begin(), all.end(), has_effect)) return true;
      } else if (override_of(call, overrides) == nullptr &&
                 std::find(methods.begin(), methods.end(), call.callee) == methods.end()) {
        methods.push_back(call.callee);
      }
    }
  }
  return false;
}

bool Effects::has(const Call& call, const FunctionKey& target, std::string_view code) const {
  const auto number = std::find(graph_->codes.begin(), graph_->codes.end(), code);
  const Node* node = find(target);
  if (number == graph_->codes.end() || node == nullptr) return false;
  const auto column = static_cast<std::size_t>(number - graph_->codes.begin());
  if (node->distance[column] == kFar) return false;
  return call.overrides.empty() || leads_to(*graph_, target, call.overrides, column);
}

// The steps from the call to a source, the call not counted.
std::uint16_t Effects::distance_of(const Graph& graph, const Call& call, std::size_t code) const {
  std::uint16_t best = kFar;
  if (call.runs == Runs::asked || !happens(graph, call)) return best;
  for (const FunctionKey& target : targets(graph, call)) {
    const Node* node = find(graph, target);
    if (node == nullptr || facts_of(*node).is_async || node->distance[code] >= best) continue;
    if (call.overrides.empty() || leads_to(graph, target, call.overrides, code)) best = node->distance[code];
  }
  return best;
}

// kFar when some call of the group is.
std::uint16_t Effects::distance_by_group(const Graph& graph, const std::vector<Call>& calls, const Call& one,
                                         std::size_t code) const {
  std::uint16_t worst = distance_of(graph, one, code);
  if (one.group == 0) return worst;
  for (const Call& other : calls) {
    if (other.group == one.group) worst = std::max(worst, distance_of(graph, other, code));
  }
  return worst;
}

bool Effects::is_led_to(const Graph& graph, const Node& caller, std::size_t code) const {
  const std::vector<Call>& calls = facts_of(caller).calls;
  const auto is_open = [](const Call& call) { return call.group != 0 || !call.overrides.empty(); };
  if (std::none_of(calls.begin(), calls.end(), is_open)) return true;
  return std::any_of(calls.begin(), calls.end(),
                     [&](const Call& call) { return distance_by_group(graph, calls, call, code) != kFar; });
}

bool Effects::is_sure(const Call& call, const std::vector<Call>& calls, std::string_view code) const {
  const auto number = std::find(graph_->codes.begin(), graph_->codes.end(), code);
  if (call.group == 0 || number == graph_->codes.end()) return true;
  const auto column = static_cast<std::size_t>(number - graph_->codes.begin());
  return distance_by_group(*graph_, calls, call, column) != kFar;
}

const Effects::Node* Effects::find(const Graph& graph, const FunctionKey& key) {
  const auto found = graph.numbers.find(key);
  return found == graph.numbers.end() ? nullptr : &graph.nodes[found->second];
}

std::vector<FunctionKey> Effects::all_in(ModuleKey file, std::string_view code, std::string_view name) const {
  std::vector<const Node*> nodes;
  for (const Node& node : graph_->nodes) {
    if (graph_->modules[node.module] != file) continue;
    const auto& sources = facts_of(node).sources;
    const auto is_it = [&](const Source& one) { return one.code == code && one.name == name; };
    if (std::any_of(sources.begin(), sources.end(), is_it)) nodes.push_back(&node);
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) {
    return std::tie(a->unit, a->function) < std::tie(b->unit, b->function);
  });
  std::vector<FunctionKey> found;
  for (const Node* node : nodes) found.push_back(facts_of(*node).key);
  return found;
}

bool Effects::happens(const Call& call) const { return happens(*graph_, call); }

bool Effects::happens(const Graph& graph, const Call& call) const {
  if (call.through == FunctionKey{}) return true;
  const Node* through = find(graph, call.through);
  if (through == nullptr) return false;
  const auto& called = facts_of(*through).called_parameters;
  return std::find(called.begin(), called.end(), call.parameter) != called.end();
}

std::string_view Effects::name(const FunctionKey& function) const {
  const Node* node = find(function);
  return node == nullptr ? std::string_view() : facts_of(*node).name;
}

std::vector<std::string_view> Effects::of(const FunctionKey& function) const {
  std::vector<std::string_view> codes;
  const Node* node = find(function);
  if (node == nullptr || facts_of(*node).is_async) return codes;
  for (std::size_t code = 0; code < graph_->codes.size(); ++code) {
    if (node->distance[code] != kFar) codes.push_back(graph_->codes[code]);
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

Hop Effects::next_hop(const Node& node, std::size_t code) const {
  Hop best{placed(node)};
  const Node* best_callee = nullptr;
  const std::vector<Call>& calls = facts_of(node).calls;
  for (const Call& call : calls) {
    if (distance_by_group(*graph_, calls, call, code) == kFar) continue;
    for (const FunctionKey& target : targets(call)) {
      const Node* callee = find(target);
      if (callee == nullptr || facts_of(*callee).is_async || callee->distance[code] + 1 != node.distance[code])
        continue;
      if (!call.overrides.empty() && !leads_to(*graph_, target, call.overrides, code)) continue;
      if (best_callee == nullptr || facts_of(*callee).name < facts_of(*best_callee).name) {
        best.call = &call;
        best.callee = target;
        best_callee = callee;
      }
    }
  }
  return best;
}

std::vector<Hop> Effects::chain(const FunctionKey& function, std::string_view code) const {
  std::vector<Hop> hops;
  const auto number = std::find(graph_->codes.begin(), graph_->codes.end(), code);
  const Node* node = find(function);
  if (node == nullptr || number == graph_->codes.end()) return hops;
  const auto column = static_cast<std::size_t>(number - graph_->codes.begin());
  while (node != nullptr && node->distance[column] != kFar) {
    if (node->distance[column] == 0) {
      const auto& sources = facts_of(*node).sources;
      const auto source = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.code == code; });
      hops.push_back({placed(*node), nullptr, &*source, {}});
      return hops;
    }
    hops.push_back(next_hop(*node, column));
    if (hops.back().call == nullptr) return {};
    node = find(hops.back().callee);
  }
  return {};
}

// Breadth first down the calls that lead to any source of the code. The first way found is kept: in the order of the
// text.
std::vector<Hop> Effects::chain(const FunctionKey& function, std::string_view code, std::string_view name) const {
  if (name.empty()) return chain(function, code);
  struct Step {
    const Node* node;
    std::size_t from;
    const Call* call;
  };
  const auto number = std::find(graph_->codes.begin(), graph_->codes.end(), code);
  const Node* first = find(function);
  if (first == nullptr || number == graph_->codes.end()) return {};
  const auto column = static_cast<std::size_t>(number - graph_->codes.begin());
  std::vector<Step> steps{{first, 0, nullptr}};
  std::unordered_set<const Node*> seen{first};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const FunctionFacts& facts = facts_of(*steps[i].node);
    for (const Source& source : facts.sources) {
      if (source.code != code || source.name != name) continue;
      std::vector<Hop> hops{{placed(*steps[i].node), nullptr, &source, {}}};
      for (std::size_t at = i; at != 0; at = steps[at].from) {
        hops.push_back({placed(*steps[steps[at].from].node), steps[at].call, nullptr, steps[at].call->callee});
      }
      std::reverse(hops.begin(), hops.end());
      return hops;
    }
    for (const Call& call : facts.calls) {
      const Node* callee = call.runs != Runs::asked && happens(call) ? find(call.callee) : nullptr;
      if (callee == nullptr || facts_of(*callee).is_async || callee->distance[column] == kFar) continue;
      if (seen.insert(callee).second) steps.push_back({callee, i, &call});
    }
  }
  return {};
}

}  // namespace surefoot::project

// The making of a call graph.

#include <algorithm>
#include <numeric>
#include <utility>

#include "analysis/project/call_graph.hpp"

namespace surefoot::project {

// Calls name what they call by keys, so all functions come first.
class CallGraph::Builder {
 public:
  explicit Builder(CallGraph& graph) : graph_(graph) {}

  void build() {
    for (const ModuleCallsPtr& module : graph_.modules_) add_functions(*module);
    sort_modules();
    for (std::size_t i = 0; i < graph_.modules_.size(); ++i) add_calls(*graph_.modules_[i], graph_.starts_[i].function);
    rank();
    graph_.calls_ = lists(callers_, graph_.callees_);
    graph_.callers_ = lists(graph_.callees_, callers_);
    add_entries();
  }

 private:
  using Ends = std::vector<std::uint32_t>;  // by the number of the call: a function

  void add_functions(const ModuleCalls& module) {
    Start& start = graph_.starts_.back();
    start.module = module_key(module.file->place().location());
    const auto first = graph_.by_path_.begin() + start.function;
    const auto last = first + static_cast<std::ptrdiff_t>(module.functions.size());
    std::iota(first, last, start.function);
    std::stable_sort(first, last, [&](std::uint32_t a, std::uint32_t b) {
      return module.functions[a - start.function].path < module.functions[b - start.function].path;
    });
    graph_.starts_.push_back({0, start.function + static_cast<std::uint32_t>(module.functions.size()),
                              start.call + static_cast<std::uint32_t>(module.calls.size())});
  }

  void sort_modules() {
    std::iota(graph_.by_key_.begin(), graph_.by_key_.end(), 0);
    std::sort(graph_.by_key_.begin(), graph_.by_key_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return graph_.starts_[a].module < graph_.starts_[b].module; });
  }

  void add_calls(const ModuleCalls& module, std::uint32_t first_function) {
    std::vector<std::uint32_t> found;  // by the number of the callee in the module
    for (const FunctionKey& key : module.callees) found.push_back(graph_.find(key).value_or(kUnknown));
    for (std::uint32_t i = 0; i < module.functions.size(); ++i) {
      for (std::uint32_t call = module.functions[i].first_call; call < module.calls_end(i); ++call) {
        callers_.push_back(first_function + i);
        graph_.callees_.push_back(is_made(module, call, found) ? found[module.calls[call].callee] : kUnknown);
      }
    }
  }

  bool is_made(const ModuleCalls& module, std::uint32_t call, const std::vector<std::uint32_t>& found) const {
    if (!module.calls[call].is_handed_on) return true;
    const ModuleCalls::HandedOn& handed = module.handing_on(call);
    if (found[handed.through] == kUnknown) return false;
    const At through = graph_.at(&Start::function, found[handed.through]);
    return through.module.runs_parameter({through.number, handed.parameter});
  }

  void add_entries() {
    for (const ModuleCallsPtr& module : graph_.modules_) {
      for (const EntryPoint& point : module->entries) {
        if (const auto number = graph_.find(point.function)) graph_.entries_.push_back({*number, point.entry});
      }
    }
    std::stable_sort(graph_.entries_.begin(), graph_.entries_.end(),
                     [](const EntryOf& a, const EntryOf& b) { return a.function < b.function; });
    graph_.entries_.shrink_to_fit();
  }

  // By name; functions of the same name by number.
  void rank() {
    std::vector<std::string_view> names;
    for (const ModuleCallsPtr& module : graph_.modules_) {
      for (const ModuleCalls::Function& function : module->functions) names.push_back(module->name_of(function));
    }
    std::vector<std::uint32_t> sorted(names.size());
    std::iota(sorted.begin(), sorted.end(), 0);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
    ranks_.resize(sorted.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) ranks_[sorted[i]] = i;
  }

  // The calls that have both ends, by their near ends; those of one function by their far ends, then by place.
  Lists lists(const Ends& near_ends, const Ends& far_ends) const {
    std::vector<std::uint32_t> known;
    for (std::uint32_t call = 0; call < callers_.size(); ++call) {
      if (graph_.callees_[call] != kUnknown) known.push_back(call);
    }
    Lists lists{std::vector<std::uint32_t>(graph_.size() + 1), std::vector<std::uint32_t>(known.size())};
    for (const std::uint32_t call : known) ++lists.starts[near_ends[call] + 1];
    std::partial_sum(lists.starts.begin(), lists.starts.end(), lists.starts.begin());
    std::vector<std::uint32_t> next = lists.starts;
    for (const std::uint32_t call : known) lists.calls[next[near_ends[call]]++] = call;
    for (const std::uint32_t number : graph_.numbers()) {
      const auto begin = lists.calls.begin();
      sort({begin + lists.starts[number], begin + lists.starts[number + 1]}, far_ends);
    }
    return lists;
  }

  void sort(std::span<std::uint32_t> calls, const Ends& far_ends) const {
    std::sort(calls.begin(), calls.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint32_t rank_of_a = ranks_[far_ends[a]], rank_of_b = ranks_[far_ends[b]];
      if (rank_of_a != rank_of_b) return rank_of_a < rank_of_b;
      return std::pair(start_of(a), a) < std::pair(start_of(b), b);
    });
  }

  std::uint32_t start_of(std::uint32_t call) const {
    const At at = graph_.at(&Start::call, call);
    return at.module.calls[at.number].span.start;
  }

  CallGraph& graph_;
  Ends callers_;
  std::vector<std::uint32_t> ranks_;  // by the number of the function
};

CallGraph::CallGraph(std::vector<ModuleCallsPtr> modules) : modules_(std::move(modules)) {
  std::sort(modules_.begin(), modules_.end(), [](const ModuleCallsPtr& a, const ModuleCallsPtr& b) {
    return a->file->place().location() < b->file->place().location();
  });
  modules_.shrink_to_fit();
  std::size_t functions = 0, calls = 0;
  for (const ModuleCallsPtr& module : modules_) {
    functions += module->functions.size();
    calls += module->calls.size();
  }
  starts_.reserve(modules_.size() + 1);
  starts_.emplace_back();
  by_key_.resize(modules_.size());
  by_path_.resize(functions);
  callees_.reserve(calls);
  Builder(*this).build();
}

}  // namespace surefoot::project

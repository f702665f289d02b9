#include "analysis/engine/hot_paths.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace surefoot::engine {
namespace {

using project::CallGraph;
using project::Runs;
using Cause = CallGraph::Cause;
using Kind = CallGraph::Kind;
using Wanted = std::function<bool(const Cause&)>;
using Marks = std::vector<bool>;  // by the number of a function

bool hurts_loop(const Cause& cause) { return cause.code != "RT302" && cause.code != "RT501"; }

bool hurts_import(const Cause& cause) {
  static constexpr std::array<std::string_view, 5> kCodes = {"RT101", "RT104", "RT108", "RT302", "RT501"};
  return std::find(kCodes.begin(), kCodes.end(), cause.code) != kCodes.end();
}

bool has_cause(const CallGraph& graph, std::uint32_t function, const Wanted& wanted) {
  const std::vector<Cause> causes = graph.causes_of(function);
  return std::any_of(causes.begin(), causes.end(), wanted);
}

enum class Towards : std::uint8_t { callees, callers };

// `from`, and what can be reached from there over calls that stay in their context. `within`: null for everything.
Marks spread(const CallGraph& graph, std::vector<std::uint32_t> from, Towards towards, const Marks* within) {
  Marks marks(graph.size());
  std::vector<std::uint32_t> waiting;
  const auto mark = [&](std::uint32_t number) {
    if (marks[number] || (within != nullptr && !(*within)[number])) return;
    marks[number] = true;
    waiting.push_back(number);
  };
  for (const std::uint32_t number : from) mark(number);
  while (!waiting.empty()) {
    const CallGraph::Function function = graph.function(waiting.back());
    waiting.pop_back();
    for (const std::uint32_t number : towards == Towards::callees ? function.calls : function.callers) {
      const CallGraph::Call call = graph.call(number);
      if (project::runs_here(call.runs)) mark(towards == Towards::callees ? call.callee : call.caller);
    }
  }
  return marks;
}

template <class Condition>
std::vector<std::uint32_t> functions_where(const CallGraph& graph, const Condition& condition) {
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t number : graph.numbers()) {
    if (condition(number)) numbers.push_back(number);
  }
  return numbers;
}

Marks leading_to(const CallGraph& graph, const Wanted& wanted) {
  return spread(graph,
                functions_where(graph, [&](std::uint32_t function) { return has_cause(graph, function, wanted); }),
                Towards::callers, nullptr);
}

template <class Value>
void sort_once(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

class Collector {
 public:
  explicit Collector(const CallGraph& graph) : graph_(graph) {}

  void add(const Marks& marks) {
    for (std::uint32_t i = 0; i < marks.size(); ++i) {
      if (!marks[i]) continue;
      paths_.functions.push_back(i);
      for (const std::uint32_t number : graph_.function(i).calls) {
        const CallGraph::Call call = graph_.call(number);
        if (project::runs_here(call.runs) && marks[call.callee]) paths_.edges.push_back({i, call.callee, call.runs});
      }
    }
  }

  void add_sinks(const Marks& marks, const Wanted& wanted) {
    for (std::uint32_t i = 0; i < marks.size(); ++i) {
      if (!marks[i]) continue;
      for (const Cause& cause : graph_.causes_of(i)) {
        if (wanted(cause)) found_.emplace_back(i, HotPaths::Sink{std::string(cause.name), std::string(cause.what)});
      }
    }
  }

  HotPaths finish() {
    for (const auto& [function, sink] : found_) paths_.sinks.push_back(sink);
    sort_once(paths_.sinks);
    for (const auto& [function, sink] : found_) {
      const auto at = std::lower_bound(paths_.sinks.begin(), paths_.sinks.end(), sink);
      paths_.to_sinks.push_back({function, static_cast<std::uint32_t>(at - paths_.sinks.begin()), Runs::body});
    }
    sort_once(paths_.functions);
    sort_once(paths_.edges);
    sort_once(paths_.to_sinks);
    return std::move(paths_);
  }

 private:
  const CallGraph& graph_;
  HotPaths paths_;
  std::vector<std::pair<std::uint32_t, HotPaths::Sink>> found_;
};

bool is_on_loop(const CallGraph& graph, const CallGraph::Function& function) {
  return function.kind == Kind::coroutine ||
         std::any_of(function.callers.begin(), function.callers.end(),
                     [&](std::uint32_t call) { return graph.call(call).runs == Runs::callback; });
}

}  // namespace

HotPaths hot_paths(const CallGraph& graph, const std::function<bool(const CallGraph::Function&)>& is_start) {
  Collector collector(graph);
  const auto add = [&](const auto& starts_here, const Wanted& wanted) {
    const Marks leading = leading_to(graph, wanted);
    const auto starts = functions_where(graph, [&](std::uint32_t number) {
      const CallGraph::Function function = graph.function(number);
      return starts_here(function) && is_start(function);
    });
    const Marks marks = spread(graph, starts, Towards::callees, &leading);
    collector.add(marks);
    collector.add_sinks(marks, wanted);
  };
  add([&](const auto& function) { return is_on_loop(graph, function); }, hurts_loop);
  add([](const auto& function) { return function.kind == Kind::import; }, hurts_import);
  return collector.finish();
}

HotPaths paths_through(const CallGraph& graph, const std::vector<std::uint32_t>& functions) {
  const Wanted any = [](const Cause&) { return true; };
  Marks leading = leading_to(graph, any);
  for (const std::uint32_t number : functions) leading[number] = true;
  Collector collector(graph);
  const Marks down = spread(graph, functions, Towards::callees, &leading);
  collector.add(spread(graph, functions, Towards::callers, nullptr));
  collector.add(down);
  collector.add_sinks(down, any);
  return collector.finish();
}

}  // namespace surefoot::engine

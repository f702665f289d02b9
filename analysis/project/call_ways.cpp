#include "analysis/project/call_ways.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace surefoot::project {
namespace {

using Call = CallGraph::Call;
using Function = CallGraph::Function;
using Kind = CallGraph::Kind;

constexpr std::uint32_t kStart = UINT32_MAX;

// The functions that can be reached over calls that stay in their context, nearest first, each with the call by which
// it was reached.
class Search {
 public:
  enum class Towards : std::uint8_t { callees, callers };

  Search(const CallGraph& graph, std::uint32_t start, Towards towards) : graph_(graph), towards_(towards) {
    visit(start, kStart);
    for (std::size_t i = 0; i < order_.size(); ++i) expand(order_[i]);
  }

  const std::vector<std::uint32_t>& order() const { return order_; }

  // The calls between the start and `function`, in the order in which they are made.
  std::vector<std::uint32_t> calls_to(std::uint32_t function) const {
    std::vector<std::uint32_t> calls;
    for (std::uint32_t call = by_.at(function); call != kStart; call = by_.at(near_end(call))) calls.push_back(call);
    if (towards_ == Towards::callees) std::reverse(calls.begin(), calls.end());
    return calls;
  }

 private:
  void visit(std::uint32_t function, std::uint32_t by) {
    if (by_.emplace(function, by).second) order_.push_back(function);
  }

  void expand(std::uint32_t number) {
    const Function function = graph_.function(number);
    if (towards_ == Towards::callers && function.kind != Kind::plain) return;
    for (const std::uint32_t call : towards_ == Towards::callees ? function.calls : function.callers) {
      if (runs_here(graph_.call(call).runs)) visit(far_end(call), call);
    }
  }

  std::uint32_t far_end(std::uint32_t call) const {
    return towards_ == Towards::callees ? graph_.call(call).callee : graph_.call(call).caller;
  }
  std::uint32_t near_end(std::uint32_t call) const {
    return towards_ == Towards::callees ? graph_.call(call).caller : graph_.call(call).callee;
  }

  const CallGraph& graph_;
  Towards towards_;
  std::vector<std::uint32_t> order_;
  std::unordered_map<std::uint32_t, std::uint32_t> by_;
};

Where where_of(Runs runs) {
  if (runs == Runs::thread) return Where::thread;
  return runs == Runs::process ? Where::process : Where::callback;
}

Where where_of(Entry entry) {
  switch (entry) {
    case Entry::web_request:
      return Where::web_request;
    case Entry::thread:
      return Where::thread;
    case Entry::process:
      return Where::process;
    case Entry::consumer:
      break;
  }
  return Where::consumer;
}

// The ways that start at `number`, which the search has found.
void add_starts(const CallGraph& graph, const Search& search, std::uint32_t number, std::vector<Way>& ways) {
  const Function function = graph.function(number);
  const auto add = [&](Where where, std::uint32_t start, std::vector<std::uint32_t> before) {
    const std::vector<std::uint32_t> calls = search.calls_to(number);
    before.insert(before.end(), calls.begin(), calls.end());
    ways.push_back({std::move(before), start, {}, where});
  };
  if (function.kind == Kind::coroutine) return add(Where::coroutine, number, {});
  if (function.kind == Kind::import) return add(Where::import, number, {});
  if (function.kind == Kind::program) return add(Where::program, number, {});
  for (const Entry entry : graph.entries_of(number)) add(where_of(entry), number, {});
  for (const std::uint32_t call : function.callers) {
    const Runs runs = graph.call(call).runs;
    if (!runs_here(runs) && runs != Runs::coroutine) add(where_of(runs), graph.call(call).caller, {call});
  }
}

Where where_of(Kind caller) {
  switch (caller) {
    case Kind::coroutine:
      return Where::coroutine;
    case Kind::import:
      return Where::import;
    case Kind::program:
      return Where::program;
    case Kind::plain:
      break;
  }
  return Where::caller;
}

void add_callers(const CallGraph& graph, std::uint32_t number, std::vector<Way>& ways) {
  for (const Entry entry : graph.entries_of(number)) ways.push_back({{}, number, {}, where_of(entry)});
  for (const std::uint32_t call : graph.function(number).callers) {
    const std::uint32_t caller = graph.call(call).caller;
    ways.push_back({{call}, caller, {}, where_of(graph.function(caller).kind)});
  }
}

bool same_start(const Way& a, const Way& b) { return a.where == b.where && a.function == b.function; }

}  // namespace

std::vector<Way> ways_down(const CallGraph& graph, std::uint32_t function) {
  const Search search(graph, function, Search::Towards::callees);
  std::vector<Way> ways;
  for (const std::uint32_t number : search.order()) {
    for (const CallGraph::Cause& cause : graph.causes_of(number)) {
      const bool known = std::any_of(ways.begin(), ways.end(), [&](const Way& way) {
        return way.cause.code == cause.code && way.cause.name == cause.name;
      });
      if (!known) ways.push_back({search.calls_to(number), function, cause, Where::coroutine});
    }
  }
  std::stable_sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) {
    return std::pair(a.calls.size(), a.cause.name) < std::pair(b.calls.size(), b.cause.name);
  });
  return ways;
}

std::vector<Way> ways_up(const CallGraph& graph, std::uint32_t function) {
  std::vector<Way> ways;
  if (graph.function(function).kind == Kind::coroutine) {
    add_callers(graph, function, ways);
  } else {
    const Search search(graph, function, Search::Towards::callers);
    for (const std::uint32_t number : search.order()) add_starts(graph, search, number, ways);
  }
  std::stable_sort(ways.begin(), ways.end(), [&](const Way& a, const Way& b) {
    const auto rank = [&](const Way& way) {
      return std::tuple(way.where, graph.function(way.function).name, way.function, way.calls.size());
    };
    return rank(a) < rank(b);
  });
  ways.erase(std::unique(ways.begin(), ways.end(), same_start), ways.end());
  return ways;
}

}  // namespace surefoot::project

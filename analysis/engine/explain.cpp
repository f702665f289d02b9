#include "analysis/engine/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/rules/rule.hpp"

namespace surefoot::engine {
namespace {

using project::CallGraph;
using project::Runs;
using project::Way;
using project::Where;
using Kind = CallGraph::Kind;

std::string subject(const CallGraph::Function& function) {
  if (function.kind == Kind::import) return fmt::format("the import of `{}`", function.name);
  return function.kind == Kind::program ? fmt::format("the program `{}`", function.name)
                                        : fmt::format("`{}`", function.name);
}

std::string message_of(const CallGraph& graph, const CallGraph::Call& call) {
  const std::string caller = subject(graph.function(call.caller));
  const std::string_view callee = graph.function(call.callee).name;
  if (call.through) return fmt::format("{} has `{}` call `{}`", caller, graph.function(*call.through).name, callee);
  switch (call.runs) {
    case Runs::body:
    case Runs::coroutine:
      return fmt::format("{} calls `{}`", caller, callee);
    case Runs::iteration:
      return fmt::format("{} runs through `{}`", caller, callee);
    case Runs::callback:
      return fmt::format("{} has the event loop call `{}`", caller, callee);
    case Runs::thread:
      return fmt::format("{} has a thread run `{}`", caller, callee);
    case Runs::process:
      return fmt::format("{} has a process run `{}`", caller, callee);
    case Runs::asked:
      break;
  }
  return {};
}

std::vector<Step> steps_of(const CallGraph& graph, const std::vector<std::uint32_t>& calls) {
  std::vector<Step> steps;
  for (const std::uint32_t number : calls) {
    const CallGraph::Call call = graph.call(number);
    steps.push_back({call.site, message_of(graph, call)});
  }
  return steps;
}

EffectChain effect_of(const CallGraph& graph, const Way& way) {
  const CallGraph::Cause& cause = way.cause;
  EffectChain chain{cause.code, std::string(cause.name), std::string(cause.what), cause.site,
                    steps_of(graph, way.calls)};
  const std::uint32_t last = way.calls.empty() ? way.function : graph.call(way.calls.back()).callee;
  chain.steps.push_back(
      {chain.cause, fmt::format("`{}` {} in {}", chain.name, chain.what, subject(graph.function(last)))});
  return chain;
}

ReachChain reach_of(const CallGraph& graph, const Way& way) {
  const CallGraph::Function start = graph.function(way.function);
  return {way.where, way.function, std::string(start.name), start.site, steps_of(graph, way.calls), false};
}

bool is_in_tests(const project::Site& site) { return rules::is_test_path(site.file->place().path); }

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string effects_in_words(const Explanation& explanation,
                             const std::function<std::string(const project::Site&)>& shown) {
  if (explanation.effects.empty()) return "no effect known";
  const EffectChain& first = explanation.effects.front();
  const auto blocking =
      static_cast<std::size_t>(std::count_if(explanation.effects.begin(), explanation.effects.end(),
                                             [](const EffectChain& effect) { return is_blocking(effect.code); }));
  const std::string_view what = blocking == 0 ? std::string_view(first.what) : "blocks";
  const std::size_t more = blocking == 0 ? 0 : blocking - 1;
  return fmt::format("{}: {} at {}{}", what, first.name, shown(first.cause),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

std::string_view phrase(Where where) {
  switch (where) {
    case Where::coroutine:
    case Where::caller:
      break;
    case Where::callback:
      return "called by the event loop";
    case Where::import:
      return "run at import";
    case Where::thread:
      return "run in a thread";
    case Where::process:
      return "run in another process";
    case Where::web_request:
      return "run for web requests";
    case Where::consumer:
      return "run by a worker";
    case Where::program:
      return "run by the main program";
  }
  return {};
}

std::string reach_in_words(const Explanation& explanation) {
  const bool is_coroutine = explanation.function.kind == Kind::coroutine;
  std::string text = is_coroutine ? "runs on the event loop" : "";
  const auto add = [&](std::string_view part) { text += (text.empty() ? "" : ", ") + std::string(part); };
  const std::size_t coroutines = count(explanation, Where::coroutine);
  const std::size_t callers = coroutines + count(explanation, Where::caller);
  if (is_coroutine && callers > 0) add("called by " + counted(callers, "function"));
  if (!is_coroutine && coroutines > 0) add("reached from the event loop by " + counted(coroutines, "coroutine"));
  for (const ReachChain& chain : explanation.reached) {
    const std::string_view part = phrase(chain.where);
    if (!chain.in_tests && !part.empty() && text.find(part) == std::string::npos) add(part);
  }
  return text.empty() ? "nothing known that calls it" : text;
}

}  // namespace

bool is_blocking(std::string_view code) { return code != "RT107" && code != "RT302"; }

bool blocks(const Explanation& explanation) {
  return !explanation.effects.empty() && is_blocking(explanation.effects.front().code);
}

std::size_t count(const Explanation& explanation, Where where) {
  return static_cast<std::size_t>(
      std::count_if(explanation.reached.begin(), explanation.reached.end(),
                    [&](const ReachChain& chain) { return chain.where == where && !chain.in_tests; }));
}

std::size_t count_in_tests(const Explanation& explanation) {
  return static_cast<std::size_t>(std::count_if(explanation.reached.begin(), explanation.reached.end(),
                                                [](const ReachChain& chain) { return chain.in_tests; }));
}

Explanation explain(const CallGraph& graph, std::uint32_t function) {
  Explanation result;
  result.number = function;
  result.function = graph.function(function);
  for (const Way& way : project::ways_down(graph, function)) result.effects.push_back(effect_of(graph, way));
  std::stable_partition(result.effects.begin(), result.effects.end(),
                        [](const EffectChain& effect) { return is_blocking(effect.code); });
  if (result.function.is_code_of_module()) return result;
  for (const Way& way : project::ways_up(graph, function)) result.reached.push_back(reach_of(graph, way));
  for (ReachChain& chain : result.reached)
    chain.in_tests = is_in_tests(chain.site) && !is_in_tests(result.function.site);
  std::stable_partition(result.reached.begin(), result.reached.end(),
                        [](const ReachChain& chain) { return !chain.in_tests; });
  return result;
}

std::string_view to_string(Where where) {
  switch (where) {
    case Where::coroutine:
    case Where::callback:
      return "event-loop";
    case Where::import:
      return "import";
    case Where::thread:
      return "thread";
    case Where::process:
      return "process";
    case Where::web_request:
      return "web-request";
    case Where::consumer:
      return "worker";
    case Where::program:
      return "main-program";
    case Where::caller:
      return "caller";
  }
  return {};
}

std::string describe(const ReachChain& chain) {
  switch (chain.where) {
    case Where::coroutine:
      return fmt::format("coroutine `{}`", chain.name);
    case Where::callback:
      return fmt::format("the event loop, by `{}`", chain.name);
    case Where::import:
      return fmt::format("import of `{}`", chain.name);
    case Where::thread:
      return fmt::format("a thread, by `{}`", chain.name);
    case Where::process:
      return fmt::format("a process, by `{}`", chain.name);
    case Where::web_request:
      return fmt::format("web requests, by `{}`", chain.name);
    case Where::consumer:
      return fmt::format("a worker's jobs, by `{}`", chain.name);
    case Where::program:
      return fmt::format("the main program `{}`", chain.name);
    case Where::caller:
      return fmt::format("`{}`", chain.name);
  }
  return {};
}

std::string headline(const Explanation& explanation, const std::function<std::string(const project::Site&)>& shown,
                     std::string_view scope) {
  const Kind kind = explanation.function.kind;
  const std::string effects = effects_in_words(explanation, shown);
  if (explanation.function.is_code_of_module()) {
    return fmt::format("{} · {}", kind == Kind::import ? "import" : "main program", effects);
  }
  return fmt::format("{} · {} · {}{}", kind == Kind::coroutine ? "async" : "sync", effects, reach_in_words(explanation),
                     scope);
}

}  // namespace surefoot::engine

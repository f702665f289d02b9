// Marks of calls that block, and of functions that do: off unless the editor's settings turn them on.
#include "server/handlers/hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/engine/explain.hpp"
#include "protocol/types_hints.hpp"
#include "server/convert.hpp"
#include "server/function_page.hpp"
#include "server/handlers/graph_question.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using engine::Explanation;
using nlohmann::json;
using project::CallGraph;
using protocol::InlayHint;
using protocol::JsonValue;

/// "requests.get and 2 more": what holds up whatever runs the function.
std::string blockers(const Explanation& explanation) {
  const auto count = std::count_if(explanation.effects.begin(), explanation.effects.end(),
                                   [](const auto& effect) { return engine::is_blocking(effect.code); });
  const std::string& first = explanation.effects.front().name;
  return count > 1 ? fmt::format("{} and {} more", first, count - 1) : first;
}

class Hints {
 public:
  Hints(const GraphView& view, text::Span shown) : view_(view), shown_(shown) {}

  json make() {
    const CallGraph& graph = *view_.graph;
    for (const std::uint32_t number : graph.functions_of(view_.module)) {
      for (const CallGraph::Cause& cause : graph.causes_of(number)) add_cause(cause);
      for (const std::uint32_t call : graph.function(number).calls) add_call(graph.call(call));
    }
    json out = json::array();
    for (const auto& [end, hint] : hints_) out.push_back(hint);
    return out;
  }

 private:
  void add_cause(const CallGraph::Cause& cause) {
    if (engine::is_blocking(cause.code)) add(cause.end, fmt::format("⏳ {}", cause.what), {});
  }

  void add_call(const CallGraph::Call& call) {
    if (!project::runs_here(call.runs) || !is_shown(call.end)) return;
    const Explanation& callee = explained(call.callee);
    if (!engine::blocks(callee)) return;
    std::string chain;
    for (const engine::Step& step : callee.effects.front().steps) {
      chain += fmt::format("{}{}: {}", chain.empty() ? "" : "\n", short_place(step.site), step.message);
    }
    add(call.end, "⏳ " + blockers(callee), chain);
  }

  const Explanation& explained(std::uint32_t function) {
    const auto known = explained_.find(function);
    if (known != explained_.end()) return known->second;
    return explained_.emplace(function, engine::explain(*view_.graph, function)).first->second;
  }

  bool is_shown(std::uint32_t end) const { return shown_.start <= end && end <= shown_.end; }

  void add(std::uint32_t end, std::string label, std::string tooltip) {
    if (!is_shown(end)) return;
    const auto position = to_position(view_.text(), end, view_.client().encoding);
    hints_.emplace(end, InlayHint{position, std::move(label), std::move(tooltip), true});
  }

  const GraphView& view_;
  text::Span shown_;
  std::map<std::uint32_t, Explanation> explained_;
  std::map<std::uint32_t, InlayHint> hints_;  // by where they stand: one a call
};

std::string lens_of(const Explanation& explanation) {
  if (explanation.function.kind == CallGraph::Kind::coroutine) {
    return "blocks the event loop: " + blockers(explanation);
  }
  const std::size_t coroutines = engine::count(explanation, project::Where::coroutine);
  if (coroutines == 0) return "blocks: " + blockers(explanation);
  return fmt::format("blocks: {} · reached by {} coroutine{}{}", blockers(explanation), coroutines,
                     coroutines == 1 ? "" : "s", kKnownFiles);
}

json lenses(const GraphView& view) {
  json out = json::array();
  for (const std::uint32_t number : view.graph->functions_of(view.module)) {
    const CallGraph::Function function = view.graph->function(number);
    if (function.is_code_of_module()) continue;
    const Explanation explanation = engine::explain(*view.graph, number);
    if (!engine::blocks(explanation)) continue;
    out.push_back(
        protocol::CodeLens{to_range(view.text(), function.site.span, view.client().encoding), lens_of(explanation)});
  }
  return out;
}

void on_inlay_hints(Core& core, const protocol::InlayHintParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr || !core.configs.shown_in(*document, core.folders).inlay_hints) return reply.result(nullptr);
  ask_graph(core, *document, std::move(reply), [range = params.range](const GraphView& view) -> Outcome {
    return JsonValue(Hints(view, to_span(view.text(), range, view.client().encoding)).make());
  });
}

void on_code_lens(Core& core, const protocol::CodeLensParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr || !core.configs.shown_in(*document, core.folders).code_lens) return reply.result(nullptr);
  ask_graph(core, *document, std::move(reply),
            [](const GraphView& view) -> Outcome { return JsonValue(lenses(view)); });
}

}  // namespace

void refresh_hints(Core& core) {
  const ShownHints now = core.configs.shown_anywhere();
  const ShownHints before = std::exchange(core.hints, now);
  const auto& client = core.view->capabilities;
  if (client.inlay_hint_refresh && (now.inlay_hints || before.inlay_hints)) {
    core.client.request("workspace/inlayHint/refresh", nullptr, nullptr);
  }
  if (client.code_lens_refresh && (now.code_lens || before.code_lens)) {
    core.client.request("workspace/codeLens/refresh", nullptr, nullptr);
  }
}

void route_hints(Router& router) {
  router.request<protocol::InlayHintParams>("textDocument/inlayHint", on_inlay_hints);
  router.request<protocol::CodeLensParams>("textDocument/codeLens", on_code_lens);
}

}  // namespace surefoot::server

// Who calls a function, and whom it calls, over the files known so far. All calls that are known are shown; those of
// functions that block say so.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "analysis/engine/explain.hpp"
#include "protocol/types_hierarchy.hpp"
#include "server/convert.hpp"
#include "server/handlers/graph_question.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using nlohmann::json;
using project::CallGraph;
using protocol::CallHierarchyItem;
using protocol::JsonValue;
using Kind = CallGraph::Kind;

/// What an item carries to be found again: a question put to today's graph.
struct ItemData {
  std::string uri;  // of the document from which the hierarchy was opened
  project::FunctionKey key;
};

JsonValue to_json_value(const ItemData& data) {
  return JsonValue(json{{"v", 1},
                        {"uri", data.uri},
                        {"module", fingerprint_text(data.key.module)},
                        {"function", fingerprint_text(data.key.path)}});
}

std::optional<std::uint64_t> parse_hash(const json& data, const char* name) {
  if (!data.is_object() || !data.contains(name) || !data[name].is_string()) return std::nullopt;
  const auto text = data[name].get<std::string>();
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(hash) : std::nullopt;
}

std::optional<ItemData> parse_item(const JsonValue& value) {
  const json& data = value.get();
  const auto module = parse_hash(data, "module");
  const auto function = parse_hash(data, "function");
  if (!module || !function || !data.contains("uri") || !data["uri"].is_string()) return std::nullopt;
  return ItemData{data["uri"].get<std::string>(), {*module, *function}};
}

class Items {
 public:
  explicit Items(const GraphView& view) : view_(view) {}

  CallHierarchyItem item(std::uint32_t number) const {
    const CallGraph::Function function = view_.graph->function(number);
    CallHierarchyItem out;
    out.name = function.name;
    out.kind = kind_of(function);
    out.detail = detail(number);
    out.uri = view_.uris.of(function.site.file->place().location());
    out.range = range({function.site.file, function.whole});
    out.selection_range = range(function.site);
    out.data = to_json_value({view_.snapshot->uri, function.key});
    return out;
  }

  /// One entry for each function at the far end of the calls, in their order.
  template <class Entry>
  json grouped(std::span<const std::uint32_t> calls, std::uint32_t CallGraph::Call::*far_end,
               CallHierarchyItem Entry::*shown) const {
    std::vector<std::pair<std::uint32_t, Entry>> entries;
    for (const std::uint32_t number : calls) {
      const CallGraph::Call call = view_.graph->call(number);
      const std::uint32_t other = call.*far_end;
      auto at = std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.first == other; });
      if (at == entries.end()) {
        at = entries.insert(entries.end(), {other, Entry()});
        at->second.*shown = item(other);
      }
      at->second.from_ranges.push_back(range(call.site));
    }
    json out = json::array();
    for (const auto& [number, entry] : entries) out.push_back(entry);
    return out;
  }

 private:
  static protocol::SymbolKind kind_of(const CallGraph::Function& function) {
    if (function.is_code_of_module()) return protocol::SymbolKind::kModule;
    const bool is_method = function.name.find('.') != std::string_view::npos;
    return is_method ? protocol::SymbolKind::kMethod : protocol::SymbolKind::kFunction;
  }

  /// "⏳ blocks: requests.get · app/client.py"
  std::string detail(std::uint32_t number) const {
    const CallGraph::Function function = view_.graph->function(number);
    if (function.kind == Kind::import) return "when it is imported";
    if (function.kind == Kind::program) return "as the main program";
    const std::string& path = function.site.file->place().path;
    const std::string colour = function.kind == Kind::coroutine ? "async · " : "";
    const auto explanation = engine::explain(*view_.graph, number);
    if (!engine::blocks(explanation)) return colour + path;
    return fmt::format("⏳ {}blocks: {} · {}", colour, explanation.effects.front().name, path);
  }

  // What stands together is mostly in one file, which is read once.
  protocol::Range range(const project::Site& site) const {
    if (std::exchange(file_, site.file) != site.file) text_ = site.file->text();
    return to_range(text_, site.span, view_.client().encoding);
  }

  const GraphView& view_;
  mutable const project::FileText* file_ = nullptr;  // of `text_`
  mutable text::SourceText text_;
};

void on_prepare(Core& core, const protocol::TextDocumentPositionParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return reply.result(nullptr);
  ask_graph(core, *document, std::move(reply), [position = params.position](const GraphView& view) -> Outcome {
    const auto offset = to_offset(view.text(), position, view.client().encoding);
    const auto number = view.graph->named_at(view.module, offset);
    return JsonValue(number ? json::array({Items(view).item(*number)}) : json());
  });
}

/// Answers with what `find` makes of the item's function; with null where the graph has it no longer.
void on_calls(Core& core, const protocol::CallHierarchyCallsParams& params, Reply reply, Callers callers,
              json (*find)(const GraphView&, const CallGraph::Function&)) {
  const auto data = parse_item(params.data);
  Document* document = data ? core.documents.find(data->uri) : nullptr;
  if (document == nullptr) return reply.result(nullptr);
  const auto answer = [key = data->key, find](const GraphView& view) -> Outcome {
    const auto number = view.graph->find(key);
    return JsonValue(number ? find(view, view.graph->function(*number)) : json());
  };
  ask_graph(core, *document, std::move(reply), answer, std::nullopt, callers);
}

void on_incoming(Core& core, const protocol::CallHierarchyCallsParams& params, Reply reply) {
  on_calls(core, params, std::move(reply), Callers::all,
           [](const GraphView& view, const CallGraph::Function& function) {
             using Incoming = protocol::CallHierarchyIncomingCall;
             return Items(view).grouped<Incoming>(function.callers, &CallGraph::Call::caller, &Incoming::from);
           });
}

void on_outgoing(Core& core, const protocol::CallHierarchyCallsParams& params, Reply reply) {
  on_calls(core, params, std::move(reply), Callers::known,
           [](const GraphView& view, const CallGraph::Function& function) {
             using Outgoing = protocol::CallHierarchyOutgoingCall;
             std::vector<std::uint32_t> calls(function.calls.begin(), function.calls.end());
             std::sort(calls.begin(), calls.end(), [&](std::uint32_t a, std::uint32_t b) {
               return view.graph->call(a).site.span.start < view.graph->call(b).site.span.start;
             });
             return Items(view).grouped<Outgoing>(calls, &CallGraph::Call::callee, &Outgoing::to);
           });
}

}  // namespace

void route_call_hierarchy(Router& router) {
  router.request<protocol::TextDocumentPositionParams>("textDocument/prepareCallHierarchy", on_prepare);
  router.request<protocol::CallHierarchyCallsParams>("callHierarchy/incomingCalls", on_incoming);
  router.request<protocol::CallHierarchyCallsParams>("callHierarchy/outgoingCalls", on_outgoing);
}

}  // namespace surefoot::server

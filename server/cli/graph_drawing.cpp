#include "server/cli/graph_drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "server/cli/printable.hpp"
#include "server/cli/project_graph.hpp"

namespace surefoot::server {
namespace {

using engine::HotPaths;
using project::CallGraph;
using Kind = CallGraph::Kind;

constexpr std::string_view kNothing = "nothing that blocks is reached from a coroutine or an import";

/// A colour, with the word that says what it stands for.
struct Paint {
  std::string_view name;
  std::string_view fill;
  std::string_view stroke;
};

constexpr std::array<Paint, 11> kPaints = {{
    {"coroutine", "#dbeafe", "#1d4ed8"},
    {"import", "#ede9fe", "#6d28d9"},
    {"program", "#ede9fe", "#6d28d9"},
    {"function", "#f3f4f6", "#4b5563"},
    {"network", "#fed7aa", "#c2410c"},
    {"database", "#fecaca", "#b91c1c"},
    {"sleep", "#fef08a", "#a16207"},
    {"files", "#bbf7d0", "#15803d"},
    {"waiting", "#fbcfe8", "#be185d"},
    {"computing", "#e9d5ff", "#7e22ce"},
    {"effect", "#e5e7eb", "#374151"},
}};

std::string_view paint_of(Kind kind) {
  switch (kind) {
    case Kind::coroutine:
      return "coroutine";
    case Kind::import:
      return "import";
    case Kind::program:
      return "program";
    case Kind::plain:
      break;
  }
  return "function";
}

std::string_view paint_of(const HotPaths::Sink& sink) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kWords = {{{"network", "network"},
                                                                                            {"database", "database"},
                                                                                            {"sleeps", "sleep"},
                                                                                            {"file", "files"},
                                                                                            {"waits for", "waiting"},
                                                                                            {"comput", "computing"},
                                                                                            {"loads", "computing"},
                                                                                            {"connection", "network"},
                                                                                            {"process", "waiting"},
                                                                                            {"loop", "waiting"}}};
  for (const auto& [word, paint] : kWords) {
    if (sink.what.find(word) != std::string::npos) return paint;
  }
  return "effect";
}

const Paint& find_paint(std::string_view name) {
  return *std::find_if(kPaints.begin(), kPaints.end(), [&](const Paint& paint) { return paint.name == name; });
}

/// The two lines of a function's box.
std::pair<std::string, std::string> label_of(const CallGraph::Function& function, const std::string& folder) {
  std::string name(function.name);
  if (function.kind == Kind::import) return {std::move(name), "when it is imported"};
  if (function.kind == Kind::program) return {std::move(name), "as the main program"};
  return {std::move(name), row_of(function.site, folder)};
}

/// Boxes and arrows, in one of the two languages.
class Drawing {
 public:
  virtual ~Drawing() = default;
  virtual void box(const std::string& id, const std::string& title, const std::string& below, bool is_function,
                   std::string_view paint) = 0;
  virtual void arrow(const std::string& from, const std::string& to, bool by_steps) = 0;
};

std::string replaced(std::string_view text, std::initializer_list<std::pair<char, std::string_view>> by) {
  std::string out;
  for (const char letter : printable(text)) {
    const auto* found = std::find_if(by.begin(), by.end(), [&](const auto& one) { return one.first == letter; });
    found == by.end() ? out += letter : out += found->second;
  }
  return out;
}

class Mermaid final : public Drawing {
 public:
  void box(const std::string& id, const std::string& title, const std::string& below, bool is_function,
           std::string_view paint) override {
    const std::string label = escaped(title) + (below.empty() ? "" : "<br/>" + escaped(below));
    text_ += fmt::format("  {}{}\"{}\"{}:::{}\n", id, is_function ? "[" : "([", label, is_function ? "]" : "])", paint);
    if (std::find(used_.begin(), used_.end(), paint) == used_.end()) used_.push_back(paint);
  }
  void arrow(const std::string& from, const std::string& to, bool by_steps) override {
    text_ += fmt::format("  {} -->{} {}\n", from, by_steps ? "|each step|" : "", to);
  }
  std::string finish() {
    for (const Paint& paint : kPaints) {
      if (std::find(used_.begin(), used_.end(), paint.name) == used_.end()) continue;
      text_ += fmt::format("  classDef {} fill:{},stroke:{},color:#111827\n", paint.name, paint.fill, paint.stroke);
    }
    return "flowchart LR\n" + text_;
  }

 private:
  static std::string escaped(std::string_view text) {
    return replaced(text, {{'"', "#quot;"}, {'<', "#lt;"}, {'>', "#gt;"}, {'#', "#35;"}, {'&', "#amp;"}});
  }
  std::string text_;
  std::vector<std::string_view> used_;
};

class Dot final : public Drawing {
 public:
  void box(const std::string& id, const std::string& title, const std::string& below, bool is_function,
           std::string_view paint) override {
    const Paint& colours = find_paint(paint);
    text_ += fmt::format("  {} [label=\"{}{}\", class=\"{}\", shape={}, fillcolor=\"{}\", color=\"{}\"];\n", id,
                         escaped(title), below.empty() ? "" : "\\n" + escaped(below), paint,
                         is_function ? "box" : "ellipse", colours.fill, colours.stroke);
  }
  void arrow(const std::string& from, const std::string& to, bool by_steps) override {
    text_ += fmt::format("  {} -> {}{};\n", from, to, by_steps ? " [label=\"each step\"]" : "");
  }
  std::string finish() {
    return "digraph surefoot {\n  rankdir=LR;\n  node [style=filled, fontname=\"sans-serif\"];\n" + text_ + "}\n";
  }

 private:
  static std::string escaped(std::string_view text) { return replaced(text, {{'"', "\\\""}, {'\\', "\\\\"}}); }
  std::string text_;
};

void draw(Drawing& drawing, const CallGraph& graph, const HotPaths& paths, const std::string& folder) {
  const auto id_of = [&](std::uint32_t number) {
    const auto at = std::lower_bound(paths.functions.begin(), paths.functions.end(), number);
    return fmt::format("f{}", at - paths.functions.begin() + 1);
  };
  if (paths.functions.empty()) drawing.box("nothing", std::string(kNothing), "", true, "function");
  for (const std::uint32_t number : paths.functions) {
    const auto [title, below] = label_of(graph.function(number), folder);
    drawing.box(id_of(number), title, below, true, paint_of(graph.function(number).kind));
  }
  for (std::size_t i = 0; i < paths.sinks.size(); ++i) {
    const HotPaths::Sink& sink = paths.sinks[i];
    drawing.box(fmt::format("e{}", i + 1), sink.name, sink.what, false, paint_of(sink));
  }
  for (const HotPaths::Edge& edge : paths.edges) {
    drawing.arrow(id_of(edge.caller), id_of(edge.callee), edge.runs == project::Runs::iteration);
  }
  for (const HotPaths::Edge& edge : paths.to_sinks) {
    drawing.arrow(id_of(edge.caller), fmt::format("e{}", edge.callee + 1), false);
  }
}

}  // namespace

std::string to_mermaid(const CallGraph& graph, const HotPaths& paths, const std::string& folder) {
  Mermaid drawing;
  draw(drawing, graph, paths, folder);
  return drawing.finish();
}

std::string to_dot(const CallGraph& graph, const HotPaths& paths, const std::string& folder) {
  Dot drawing;
  draw(drawing, graph, paths, folder);
  return drawing.finish();
}

}  // namespace surefoot::server

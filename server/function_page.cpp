#include "server/function_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/engine/explain.hpp"

namespace surefoot::server {
namespace {

using engine::Explanation;

/// More than this is for `surefoot explain`.
constexpr std::size_t kShownEffects = 4;
constexpr std::size_t kShownWays = 6;

void add_steps(const std::vector<engine::Step>& steps, std::string& page) {
  for (const engine::Step& step : steps) page += fmt::format("   - {}: {}\n", short_place(step.site), step.message);
}

void add_rest(std::size_t all, std::size_t shown, std::string& page) {
  if (all > shown) page += fmt::format("- … and {} more\n", all - shown);
}

void add_effects(const Explanation& explanation, std::string& page) {
  if (explanation.effects.empty()) return;
  page += "\nWhat it does:\n\n";
  for (std::size_t i = 0; i < std::min(explanation.effects.size(), kShownEffects); ++i) {
    const engine::EffectChain& effect = explanation.effects[i];
    page += fmt::format("- `{}` {}\n", effect.name, effect.what);
    add_steps(effect.steps, page);
  }
  add_rest(explanation.effects.size(), kShownEffects, page);
}

void add_ways(const Explanation& explanation, std::string& page) {
  const std::size_t count = explanation.reached.size() - engine::count_in_tests(explanation);
  if (count == 0) return;
  page += "\nReached by:\n\n";
  for (std::size_t i = 0; i < std::min(count, kShownWays); ++i) {
    const engine::ReachChain& reach = explanation.reached[i];
    page += fmt::format("- {}, {}\n", engine::describe(reach), short_place(reach.site));
    add_steps(reach.steps, page);
  }
  add_rest(count, kShownWays, page);
}

}  // namespace

std::string short_place(const project::Site& site) {
  return fmt::format("{}:{}", site.file->place().path, site.file->text().line_of(site.span.start) + 1);
}

std::optional<FunctionPage> function_page_at(const project::CallGraph& graph, project::ModuleKey module,
                                             std::uint32_t offset) {
  FunctionPage page;
  const auto number = graph.named_at(module, offset, &page.span);
  if (!number) return std::nullopt;
  const Explanation explanation = engine::explain(graph, *number);
  const project::Site& site = explanation.function.site;
  const bool is_definition = site.file == graph.file(module) && site.span == page.span;
  if (!is_definition && explanation.effects.empty()) return std::nullopt;
  page.markdown =
      fmt::format("**`{}`** {}\n", explanation.function.name, engine::headline(explanation, short_place, kKnownFiles));
  add_effects(explanation, page.markdown);
  add_ways(explanation, page.markdown);
  return page;
}

}  // namespace surefoot::server

#include "analysis/engine/async_twin.hpp"

#include <algorithm>

#include "analysis/fixes/add_await.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/registry.hpp"

namespace surefoot::engine {
namespace {

using knowledge::Effect;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

// Objects of these are bound to the thread that made them, or are not safe to share with another one.
constexpr Effect kThreadBound = Effect::blocks_database | Effect::blocks_input;

std::string_view owner(std::string_view path) { return path.substr(0, std::min(path.rfind('.'), path.size())); }
std::string_view last(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// `niquests.aget` for `niquests.get(…)`: the same but for its last name. Empty when there is none.
std::string_view sibling(Node call, const rules::BlockingCall& blocking) {
  if (blocking.facts == nullptr) return {};
  const std::string_view twin = blocking.facts->async_twin;
  const Node function = call.child(Field::function);
  const bool same_owner = !twin.empty() && owner(twin) == owner(blocking.name);
  const bool by_name = function.is(Kind::attribute) && function.child(Field::attribute).text() == last(blocking.name);
  return same_owner && by_name ? last(twin) : std::string_view();
}

const rules::Rule* rule_of(std::string_view code) {
  const auto rules = rules::all_rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto* rule) { return rule->code == code; });
  return found == rules.end() ? nullptr : *found;
}

}  // namespace

std::optional<fixes::Place> find_call(const project::Module& module,
                                      const std::function<bool(Node, std::uint32_t)>& is_it) {
  for (std::size_t unit = 0; unit < module.units.units.size(); ++unit) {
    const syntax::Ast& ast = module.models[unit]->unit->ast;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      const Node node = ast.node(i);
      if (node.is(Kind::call) && is_it(node, module.units.units[unit].offset)) return fixes::Place{unit, node};
    }
  }
  return std::nullopt;
}

std::optional<fixes::Place> find_call(const project::Module& module, text::Span span) {
  return find_call(module, [&](Node call, std::uint32_t offset) {
    return call.start() + offset == span.start && call.end() + offset == span.end;
  });
}

bool has_twin(Node call, std::string_view code, rules::Context& context) {
  if (!call.is(Kind::call)) return false;
  if (context.calls(call, "time.sleep")) return true;
  const auto blocking = rules::blocking_call(call, context);
  if (!blocking || blocking->facts == nullptr || blocking->facts->async_twin.empty()) return false;
  if (!sibling(call, *blocking).empty()) return true;
  return (code == "RT101" || code == "RT104") && !any(blocking->effects & kThreadBound);
}

fixes::Fixes asynchronous_call(const fixes::FileView& file, const fixes::Place& call, std::string_view code,
                               semantics::Resolver& resolver) {
  rules::Context context(file, call.unit, resolver);
  const auto blocking = rules::blocking_call(call.node, context);
  if (blocking) {
    if (const std::string_view name = sibling(call.node, *blocking); !name.empty()) {
      return {{fixes::make_fix("Await the twin", fixes::Applicability::unsafe, fixes::await_twin(file, call, name))},
              ""};
    }
  }
  const rules::Rule* rule = rule_of(code);
  if (rule == nullptr || rule->fix == nullptr) return {};
  rules::Report report;
  report.rule = rule;
  report.node = call.node.index();
  report.span = call.node.span();
  return rule->fix(report, context);
}

}  // namespace surefoot::engine

#include "analysis/engine/call_filter.hpp"

#include <cassert>
#include <unordered_map>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

using Known = std::unordered_map<std::uint64_t, RuleSet>;

constexpr std::size_t kMaxKnown = 50'000;

Known& known() {
  thread_local Known known;
  return known;
}

std::uint64_t key_of(const rules::Callee& callee) {
  const std::uint64_t handover = (callee.is_bridge ? 1u : 0u) + (callee.is_spawner ? 2u : 0u);
  return text::Hasher()
      .add(callee.name)
      .add(callee.written)
      .add(static_cast<std::uint64_t>(callee.of) * 4 + handover)
      .value();
}

RuleSet ask(const rules::Callee& callee) {
  RuleSet concerned;
  const auto all = rules::all_rules();
  assert(all.size() <= concerned.size());
  for (std::size_t i = 0; i < all.size(); ++i) concerned[i] = all[i]->concerns == nullptr || all[i]->concerns(callee);
  return concerned;
}

}  // namespace

const RuleSet& rules_concerned(syntax::Node call, rules::Context& context) {
  static const RuleSet kAll = RuleSet().set();
  const auto callee = rules::callee_of(call, context);
  if (!callee) return kAll;
  const auto [entry, is_new] = known().try_emplace(key_of(*callee));
  if (is_new) entry->second = ask(*callee);
  return entry->second;
}

void forget_many() {
  if (known().size() > kMaxKnown) known().clear();
}

}  // namespace surefoot::engine

#include "analysis/project/function_keys.hpp"

#include <algorithm>
#include <unordered_set>

namespace surefoot::project {
namespace {

using semantics::Function;
using semantics::UnitModel;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

// A property's setter has the same path as its getter.
bool is_setter(const UnitModel& unit, const Function& function) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const semantics::Term& term = unit.terms[decorator];
    return term.op == semantics::Op::attribute && term.name == "setter";
  });
}

std::string path_of(const UnitModel& unit, const Function& function) {
  return function.path + (is_setter(unit, function) ? "=" : "");
}

}  // namespace

FunctionKey key_of(const UnitModel& unit, const Function& function, const semantics::Resolver& resolver) {
  return function_key(resolver.module_of(unit), path_of(unit, function));
}

FunctionFacts* facts_around(std::vector<FunctionFacts>& all, Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (child.field() != Field::body) continue;
    if (!outer.is(Kind::function_definition) && !outer.is(Kind::lambda)) continue;
    const auto found = std::find_if(all.begin(), all.end(), [&](const FunctionFacts& one) {
      return !one.is_module && one.spot.node == outer.index();
    });
    return found == all.end() ? nullptr : &*found;
  }
  return &all.back();
}

std::vector<bool> units_holding(const Module& module, const std::vector<std::uint64_t>& paths) {
  const std::unordered_set<std::uint64_t> wanted(paths.begin(), paths.end());
  std::unordered_set<std::uint64_t> found;
  std::vector<bool> holds(module.models.size());
  for (std::size_t i = 0; i < holds.size(); ++i) {
    const UnitModel& unit = *module.models[i];
    for (const Function& function : unit.functions) {
      const std::uint64_t path = path_key(path_of(unit, function));
      if (!wanted.contains(path)) continue;
      found.insert(path);
      holds[i] = true;
    }
  }
  return found.size() == wanted.size() ? holds : std::vector<bool>(holds.size(), true);
}

}  // namespace surefoot::project

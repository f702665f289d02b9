#pragma once
// What code of a file does to one object before and after a place, in the order of the text.

#include <string_view>

#include "analysis/rules/units.hpp"

namespace surefoot::rules {

/// True when no condition, loop, `try` or `match` decides whether the code at the node is carried out by its function
/// or module. What stands behind an `@` is carried out with its definition.
bool is_unconditional(Node node);

/// Calls `visit(call, inside, before)` for each call that mentions `name` and that the same function as the place, or
/// like it the module itself, makes: `before` or after it. Calls of the place's own statement are left out. Reads other
/// units: for Rule::confirm and Rule::explain.
template <typename Visit>
void for_each_call_beside(Node place, std::string_view name, Context& context, const Visit& visit) {
  const Node function = context.enclosing_function(place);
  const auto visit_calls = [&](Node root, Context& inside, bool own, bool before) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node call = root.ast().node(i);
      if (!call.is(Kind::call) || inside.enclosing_function(call) != (own ? function : Node())) continue;
      if (own && (call.covers(place) || place.covers(call))) continue;
      if (inside.scope_of(call) == Scope::class_body) continue;
      visit(call, inside, own ? call.start() < place.start() : before);
    }
  };
  if (function) {
    visit_calls(function, context, true, false);
    return;
  }
  for_each_unit_with(name, context, [&](Node root, Context& inside) {
    if (inside.unit_number() == context.unit_number()) return;
    visit_calls(root, inside, false, inside.unit_number() < context.unit_number());
  });
}

}  // namespace surefoot::rules

#pragma once
// Where code names a thing: the places below a node, and those of the whole file.

#include <string_view>

#include "analysis/rules/units.hpp"

namespace surefoot::rules {

/// The whole name that an identifier is the last part of: `self._task` for `_task`, itself for a plain name. Null for
/// one that names nothing here (of a keyword argument).
Node whole_name(Node identifier);

/// The last part of a name: `_task` of `self._task`; null when the expression is no name.
Node last_part(Node name);

/// Calls `visit(place)` for each place below `tree` that names `name`, alone or as an attribute (`self._task` for
/// "_task").
template <typename Visit>
void for_each_mention_in(Node tree, std::string_view name, const Visit& visit) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name) continue;
    if (const Node place = whole_name(node)) visit(place);
  }
}

/// Calls `visit(identifier, inside)` for each identifier of the file with this text; `inside` is the context of its
/// unit. Reads other units: only for Rule::confirm and Rule::fix.
template <typename Visit>
void for_each_identifier(std::string_view name, Context& context, const Visit& visit) {
  for_each_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after(); ++at) {
      const Node node = root.ast().node(at);
      if (node.is(Kind::identifier) && node.text() == name) visit(node, inside);
    }
  });
}

/// True when the file has an identifier of this name. Reads other units, as for_each_identifier.
bool is_mentioned(std::string_view name, Context& context);

/// True when the file calls something of this name, or a method. Reads other units, as for_each_identifier.
bool is_called(std::string_view name, Context& context);

/// True when `self.name` in the one unit may be another thing than `self.name` in the other: their classes have nothing
/// to do with each other.
bool are_strangers(Context& one, Context& other);

/// Calls `visit(place, inside)` for each place of the file that may name what `name` (`self._task`, or a name of the
/// module) names in the context's unit. Reads other units, as for_each_identifier.
template <typename Visit>
void for_each_mention(Node name, Context& context, const Visit& visit) {
  const bool attribute = name.is(Kind::attribute);
  const bool own = attribute && name.child(Field::object).text() == "self";
  for_each_identifier(last_part(name).text(), context, [&](Node identifier, Context& inside) {
    const Node place = whole_name(identifier);
    if (!place || place.is(Kind::attribute) != attribute) return;
    if (own && place.child(Field::object).text() == "self" && are_strangers(context, inside)) return;
    visit(place, inside);
  });
}

/// The outermost function of the unit that holds the node; null outside of functions.
Node outermost_function(Node node);

}  // namespace surefoot::rules

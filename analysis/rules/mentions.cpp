#include "analysis/rules/mentions.hpp"

#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

Node whole_name(Node identifier) {
  const Node parent = identifier.parent();
  if (parent.is(Kind::keyword_argument) && identifier.field() == Field::name) return {};
  return parent.is(Kind::attribute) && identifier.field() == Field::attribute ? parent : identifier;
}

Node last_part(Node name) {
  if (name.is(Kind::attribute)) return name.child(Field::attribute);
  return name.is(Kind::identifier) ? name : Node();
}

bool is_mentioned(std::string_view name, Context& context) {
  return any_unit_with(name, context, [&](Node root, Context&) { return mentions(root, name); });
}

bool is_called(std::string_view name, Context& context) {
  return any_unit_with(name, context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && last_name(node) == name) return true;
    }
    return false;
  });
}

bool are_strangers(Context& one, Context& other) {
  const std::string& first = one.unit().container;
  const std::string& second = other.unit().container;
  if (first == second || first.empty() || second.empty()) return false;
  const std::string prefix = one.module().name() + ".";
  return !one.resolver().is_subclass(prefix + first, prefix + second) &&
         !one.resolver().is_subclass(prefix + second, prefix + first);
}

Node outermost_function(Node node) {
  Node found;
  for (; node; node = node.parent()) {
    if (node.is(Kind::function_definition)) found = node;
  }
  return found;
}

}  // namespace surefoot::rules

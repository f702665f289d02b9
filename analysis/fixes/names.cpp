#include "analysis/fixes/names.hpp"

#include "analysis/semantics/frame.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

Node outermost_function(Node node) {
  Node found = node.ast().root();
  for (; node; node = node.parent()) {
    if (node.is(Kind::function_definition)) found = node;
  }
  return found;
}

bool is_used(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == name) return true;
  }
  return false;
}

}  // namespace

std::string free_name(const FileView& file, const Place& place, std::string_view wanted) {
  const Node tree = outermost_function(place.node);
  std::string name(wanted);
  for (int number = 2; is_used(tree, name) || file.module.find(name) != nullptr; ++number) {
    name = std::string(wanted) + "_" + std::to_string(number);
  }
  return name;
}

bool is_name(Node node) {
  if (!node.is(Kind::identifier) || node.field() == Field::attribute) return false;
  return !(node.parent().is(Kind::keyword_argument) && node.field() == Field::name);
}

bool is_shadowed(Node place, std::string_view name) {
  for (Node node = place; node; node = node.parent()) {
    if (!node.is(Kind::function_definition)) continue;
    semantics::Frame frame;
    semantics::collect_names(node.child(Field::body), frame);
    if (frame.slots.contains(name)) return true;
    const Node parameters = node.child(Field::parameters);
    for (const Node parameter : parameters.children()) {
      const Node named = parameter.child(Field::name);
      const Node first = named ? named : parameter.is(Kind::identifier) ? parameter : parameter.first_child();
      if (first.text() == name || first.first_child().text() == name) return true;
    }
  }
  return false;
}

}  // namespace surefoot::fixes

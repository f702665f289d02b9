#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

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

}  // namespace surefoot::fixes

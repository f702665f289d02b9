#include "analysis/fixes/module_values.hpp"

#include <fmt/format.h>

#include "analysis/fixes/name_flow.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// True where the code runs when a function is called, not when it is defined.
bool runs_later(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if ((outer.is(Kind::function_definition) || outer.is(Kind::lambda)) && child.field() == Field::body) return true;
  }
  return false;
}

// Adds the uses in one unit. Gives the reason where one of them is no reading by a function.
std::string add_uses(const FileView& file, std::size_t unit, Node target, std::vector<Place>& places) {
  const std::string_view name = target.text();
  const syntax::Ast& ast = file.units.units[unit].unit->ast;
  for (std::uint32_t i = 0; i < ast.size(); ++i) {
    const Node node = ast.node(i);
    if (node.is(Kind::opaque)) return "the file has a syntax error";
    if (!node.is(Kind::identifier) || node.text() != name) continue;
    if (node == target || !is_name(node) || is_shadowed(node, name)) continue;
    if (!is_read(node)) return fmt::format("`{}` is set elsewhere too", name);
    if (!runs_later(node)) return fmt::format("`{}` is used while the module is imported", name);
    places.push_back({unit, node});
  }
  return "";
}

}  // namespace

ModuleValue module_value_of(Node node) {
  Node assignment = node;
  while (assignment && !assignment.is(Kind::assignment)) assignment = assignment.parent();
  const Node statement = assignment.parent();
  const Node target = assignment.child(Field::left);
  const bool is_plain = statement.is(Kind::expression_statement) && statement == node.ast().root() &&
                        target.is(Kind::identifier) && !assignment.child(Field::right).is(Kind::assignment);
  if (!is_plain) return {};
  return {statement, target, assignment.child(Field::right), assignment.child(Field::type)};
}

Uses later_uses(const FileView& file, const Place& place, const ModuleValue& definition) {
  Uses uses;
  const std::string_view name = definition.target.text();
  const auto* values = file.module.find(name);
  if (values == nullptr || values->size() != 1) {
    uses.problem = fmt::format("`{}` is set more than once", name);
    return uses;
  }
  for (std::size_t unit = 0; unit < file.models.size() && uses.problem.empty(); ++unit) {
    const bool defines = unit == place.unit;
    if (!defines && !file.models[unit]->names.may_have(name)) continue;
    uses.problem = add_uses(file, unit, definition.target, uses.places);
  }
  return uses;
}

}  // namespace surefoot::fixes

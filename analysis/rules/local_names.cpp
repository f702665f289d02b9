#include "analysis/rules/local_names.hpp"

#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension) || node.is(Kind::generator_expression);
}

bool is_scope(Node node) {
  return node.is(Kind::function_definition) || node.is(Kind::lambda) || node.is(Kind::class_definition) ||
         is_comprehension(node);
}

// True when names in `child` are looked up in the scope that its parent makes: not those of decorators and defaults.
bool is_inside(Node child, Node scope) {
  if (is_comprehension(scope)) return true;
  return child.field() == Field::body || child.field() == Field::parameters;
}

// True for an identifier that is no variable: an attribute's or keyword's name, a part of an import.
bool is_mere_label(Node identifier) {
  const Node parent = identifier.parent();
  if (parent.is(Kind::attribute)) return identifier.field() == Field::attribute;
  if (parent.is(Kind::keyword_argument)) return identifier.field() == Field::name;
  return parent.is(Kind::dotted_name) && parent.first_child() != identifier;
}

bool is_parameter_name(Node identifier) {
  Node child = identifier;
  Node parent = identifier.parent();
  while (parent.is(Kind::list_splat_pattern) || parent.is(Kind::dictionary_splat_pattern)) {
    child = parent;
    parent = parent.parent();
  }
  if (parent.is(Kind::parameters) || parent.is(Kind::lambda_parameters)) return true;
  if (parent.is(Kind::typed_parameter)) return child == parent.first_child();
  const bool with_default = parent.is(Kind::default_parameter) || parent.is(Kind::typed_default_parameter);
  return with_default && child.field() == Field::name;
}

}  // namespace

LocalNames::LocalNames(Node function) : function_(function) {
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    if (is_scope(function.ast().node(i))) add_scope(function.ast().node(i));
  }
  for (std::uint32_t i = function.index() + 1; i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::identifier) || is_mere_label(node) || is_parameter_name(node)) continue;
    const std::uint32_t number = owner_of(node);
    if (number == kNone) continue;
    of_identifier_[i] = number;
    const bool augmented = node.parent().is(Kind::augmented_assignment) && node.field() == Field::left;
    (augmented || is_binding_place(node) ? locals_[number].bindings : locals_[number].reads).push_back(node);
  }
}

void LocalNames::add_name(Node scope, Names& names, std::string_view name, bool is_parameter) {
  const auto [found, added] = names.own.try_emplace(name, size());
  if (added) locals_.push_back({scope, name, is_parameter, {}, {}});
}

void LocalNames::add_parameters(Node scope, Names& names) {
  const Node list = scope.child(Field::parameters);
  for (std::uint32_t i = list.index(); list && i < list.after(); ++i) {
    const Node node = list.ast().node(i);
    if (node.is(Kind::lambda)) i = node.after() - 1;
    if (node.is(Kind::identifier) && is_parameter_name(node)) add_name(scope, names, node.text(), true);
  }
}

void LocalNames::add_scope(Node node) {
  Names& names = scopes_[node.index()];
  if (is_comprehension(node)) {
    for (const Node clause : node.children()) {
      if (!clause.is(Kind::for_in_clause)) continue;
      semantics::for_each_target(clause.child(Field::left),
                                 [&](Node name) { add_name(node, names, name.text(), false); });
    }
    return;
  }
  add_parameters(node, names);
  if (node.is(Kind::lambda)) return;
  semantics::Frame frame;
  semantics::collect_names(node.child(Field::body), frame);
  for (const std::string_view name : frame.slots.names()) {
    if (!name.empty()) add_name(node, names, name, false);
  }
  for (const std::string_view name : frame.globals) names.global[name] = true;
}

std::uint32_t LocalNames::owner_of(Node identifier) const {
  bool direct = true;  // a class's names are not seen in its methods
  for (Node child = identifier, node = identifier.parent(); node; child = node, node = node.parent()) {
    if (!is_scope(node) || !is_inside(child, node)) continue;
    const Names& names = scopes_.at(node.index());
    if (names.global.contains(identifier.text())) return kNone;
    const auto found = names.own.find(identifier.text());
    if (found != names.own.end() && (direct || !node.is(Kind::class_definition))) return found->second;
    if (!is_comprehension(node)) direct = false;
    if (node == function_) return kNone;
  }
  return kNone;
}

std::uint32_t LocalNames::find(Node identifier) const {
  const auto found = of_identifier_.find(identifier.index());
  return identifier.is(Kind::identifier) && found != of_identifier_.end() ? found->second : kNone;
}

namespace {

// The part of the value that goes to `target`, one of the parts of a pattern like `a, b = v, w`.
Node part_for(Node target, Node pattern, Node value) {
  const bool display = value.is(Kind::expression_list) || value.is(Kind::tuple) || value.is(Kind::list);
  if (!display || value.child_count() != pattern.child_count()) return {};
  Node part = value.first_child();
  for (const Node one : pattern.children()) {
    if (one.is(Kind::list_splat_pattern) || part.is(Kind::list_splat)) return {};
    if (one == target) return part;
    part = part.next_sibling();
  }
  return {};
}

}  // namespace

Node bound_value(Node binding) {
  Node target = binding;
  const Node pattern = binding.parent();
  if (pattern.is(Kind::named_expression)) return without_parentheses(pattern.child(Field::value));
  if (pattern.is(Kind::pattern_list) || pattern.is(Kind::tuple_pattern)) target = pattern;
  const Node assignment = target.parent();
  if (!assignment.is(Kind::assignment) || target.field() != Field::left) return {};
  Node value = assignment.child(Field::right);
  while (value.is(Kind::assignment)) value = value.child(Field::right);
  if (target != binding) value = part_for(binding, pattern, without_parentheses(value));
  return without_parentheses(value);
}

}  // namespace surefoot::rules

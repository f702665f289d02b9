#include "analysis/rules/value_use.hpp"

#include <vector>

#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

bool is_target_pattern(Kind kind) {
  return kind == Kind::pattern_list || kind == Kind::tuple_pattern || kind == Kind::list_pattern ||
         kind == Kind::list_splat_pattern || kind == Kind::tuple || kind == Kind::list || kind == Kind::expression_list;
}

}  // namespace

bool is_binding_place(Node identifier) {
  Node child = identifier;
  Node parent = identifier.parent();
  while (parent && is_target_pattern(parent.kind()) && parent.parent()) {
    child = parent;
    parent = parent.parent();
  }
  if (!parent) return false;
  switch (parent.kind()) {
    case Kind::assignment:
    case Kind::for_statement:
    case Kind::for_in_clause:
      return child.field() == Field::left;
    case Kind::named_expression:
    case Kind::keyword_argument:
    case Kind::function_definition:
    case Kind::class_definition:
    case Kind::default_parameter:
    case Kind::typed_default_parameter:
      return child.field() == Field::name;
    case Kind::attribute:
      return child.field() == Field::attribute;
    case Kind::as_pattern_target:
    case Kind::delete_statement:
    case Kind::parameters:
    case Kind::lambda_parameters:
    case Kind::global_statement:
    case Kind::nonlocal_statement:
    case Kind::dotted_name:
    case Kind::aliased_import:
      return true;
    case Kind::except_clause:
      return child.field() == Field::alias;
    case Kind::typed_parameter:
      return child == parent.first_child();
    default:
      return false;
  }
}

namespace {

bool names(Node node, std::string_view name) { return node.is(Kind::identifier) && node.text() == name; }

bool reads(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (names(node, name) && !is_binding_place(node)) return true;
  }
  return false;
}

// The outermost loop round the node in the function.
Node outermost_loop(Node node, Node function) {
  Node found;
  for (Node outer = node.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::for_statement) || outer.is(Kind::while_statement)) found = outer;
  }
  return found;
}

// True when a later statement of the same block gives the name a new value before anything looks at the old one.
bool is_overwritten(std::string_view name, Node statement) {
  for (Node next = statement.next_sibling(); next; next = next.next_sibling()) {
    if (!is_named_in(name, next)) continue;
    const Node assignment = next.is(Kind::expression_statement) ? next.first_child() : Node();
    const Node value = assignment.child(Field::right);
    return assignment.is(Kind::assignment) && value && names(assignment.child(Field::left), name) &&
           !reads(value, name);
  }
  return false;
}

bool is_local(std::string_view name, Node function) {
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  return frame.slots.contains(name);
}

// The part of the target that gets the value at `expression`, which stands on the right side; null when it cannot be
// told.
Node matching_target(Node target, Node right, Node expression) {
  if (right == expression || !right || target.is(Kind::identifier)) return target;
  if (!is_target_pattern(right.kind()) || !is_target_pattern(target.kind())) return {};
  if (right.child_count() != target.child_count()) return {};
  Node part = target.first_child();
  for (const Node value : right.children()) {
    if (value.is(Kind::list_splat) || part.is(Kind::list_splat_pattern)) return {};
    if (value.covers(expression)) return matching_target(part, value, expression);
    part = part.next_sibling();
  }
  return {};
}

// Where the value goes from `child` to its parent unchanged, or as the element of a new container.
bool passes_through(Node child, Node parent) {
  switch (parent.kind()) {
    case Kind::parenthesized_expression:
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
      return true;
    case Kind::list_comprehension:
    case Kind::set_comprehension:
      return child.field() == Field::body;
    case Kind::boolean_operator:
      return child.field() == Field::right;
    case Kind::conditional_expression:
      return child == parent.first_child() || child == parent.last_child();
    default:
      return false;
  }
}

// Follows the value up to the statement; `whole` is the expression whose value is the one asked for.
class Tracker {
 public:
  Tracker(Node expression, Context& context) : context_(context), whole_(expression) {}

  ValueUse run() {
    Node child = whole_;
    for (Node parent = child.parent(); parent; child = parent, parent = parent.parent()) {
      if (parent.is(Kind::expression_statement)) return at_statement(parent);
      if (parent.is(Kind::assignment) && child.field() == Field::right) {
        if (!add_target(matching_target(parent.child(Field::left), child, whole_))) return {};
        whole_ = parent;
      } else if (parent.is(Kind::named_expression) && child.field() == Field::value) {
        if (!add_target(parent.child(Field::name))) return {};
        whole_ = parent;
      } else if (parent.is(Kind::expression_list) && parent.parent().is(Kind::assignment)) {
        continue;
      } else if (passes_through(child, parent)) {
        if (!(is_target_pattern(parent.kind()) && parent.parent().is(Kind::assignment))) whole_ = parent;
      } else {
        return {};
      }
    }
    return {};
  }

 private:
  bool add_target(Node target) {
    if (!target.is(Kind::identifier)) return false;
    targets_.push_back(target);
    return true;
  }

  ValueUse at_statement(Node statement) {
    if (targets_.empty()) return {Fate::discarded, statement, {}};
    const Node function = context_.enclosing_function(statement);
    if (!function.is(Kind::function_definition)) return {};
    for (const Node target : targets_) {
      const std::string_view name = target.text();
      if (!is_local(name, function) || is_read_after(name, statement, context_)) return {};
    }
    return {Fate::never_read, statement, targets_.front()};
  }

  Context& context_;
  Node whole_;
  std::vector<Node> targets_;
};

}  // namespace

Node outside_parentheses(Node expression) {
  while (expression.parent().is(Kind::parenthesized_expression)) expression = expression.parent();
  return expression;
}

Node local_bound_to(Node value) {
  const Node assignment = outside_parentheses(value).parent();
  if (!assignment.is(Kind::assignment) || !assignment.parent().is(Kind::expression_statement)) return {};
  const Node target = assignment.child(Field::left);
  return target.is(Kind::identifier) && assignment.child(Field::right).covers(value) ? target : Node();
}

ValueUse value_use(Node expression, Context& context) { return Tracker(expression, context).run(); }

bool is_named_in(std::string_view name, Node tree) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    if (names(tree.ast().node(i), name)) return true;
  }
  return false;
}

bool is_read_after(std::string_view name, Node binding, Context& context) {
  const Node function = context.enclosing_function(binding);
  const Node body = function.child(Field::body);
  if (!body) return true;
  const bool overwritten = is_overwritten(name, binding);
  const Node loop = outermost_loop(binding, function);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!names(node, name) || is_binding_place(node)) continue;
    if (context.enclosing_function(node) != function) return true;  // a closure may run at any time
    if (!overwritten && (node.start() >= binding.end() || (loop && loop.covers(node)))) return true;
  }
  return false;
}

Node only_value_of(Node name, Context& context) {
  const Node function = context.enclosing_function(name);
  const Node body = function.is(Kind::function_definition) ? function.child(Field::body) : Node();
  if (!body || !name.is(Kind::identifier)) return {};
  Node value;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!names(node, name.text()) || !is_binding_place(node) || node.field() == Field::attribute) continue;
    const Node parent = node.parent();
    if (parent.is(Kind::keyword_argument)) continue;
    if (value) return {};
    if (parent.is(Kind::assignment) && node.field() == Field::left) value = parent.child(Field::right);
    if (parent.is(Kind::named_expression)) value = parent.child(Field::value);
    if (parent.is(Kind::as_pattern_target) && parent.parent().parent().is(Kind::with_item)) {
      value = parent.parent().first_child();
    }
    if (!value) return {};
  }
  return without_parentheses(value);
}

}  // namespace surefoot::rules

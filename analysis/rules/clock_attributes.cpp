#include "analysis/rules/clock_attributes.hpp"

#include <algorithm>
#include <utility>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/log_calls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/wall_clock.hpp"

namespace surefoot::rules {
namespace {

// A reading of the clock, or a local that has its value from nothing else.
bool is_now(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::call)) return reads_clock(expression, context);
  const Node function = expression.is(Kind::identifier) ? context.enclosing_function(expression) : Node();
  if (!function) return false;
  bool found = false;
  bool other = mentions(function.child(Field::parameters), expression.text());
  for_each_own(function.child(Field::body), [&](Node node) {
    const Node left = node.is(Kind::assignment) ? node.child(Field::left) : Node();
    if (left.text() != expression.text()) return;
    const bool reads = reads_clock(without_parentheses(node.child(Field::right)), context);
    found = found || reads;
    other = other || !reads;
  });
  return found && !other;
}

bool is_of_self(Node expression, Context& context) {
  expression = without_parentheses(expression);
  return expression.is(Kind::attribute) &&
         plain_term(expression.child(Field::object), context).op == semantics::Op::self;
}

bool is_operation(Node node, std::string_view symbol) {
  return node.is(Kind::binary_operator) && node.child(Field::operator_).text() == symbol;
}

bool is_number(Node node) {
  node = without_parentheses(node);
  return node.is(Kind::integer) || node.is(Kind::float_) || node.is(Kind::none);
}

// `now - self.seen`
Node aged_in(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (!is_operation(expression, "-") || !is_now(expression.child(Field::left), context)) return {};
  const Node attribute = without_parentheses(expression.child(Field::right));
  return is_of_self(attribute, context) ? attribute : Node();
}

// `self.seen + limit`
Node deadline_in(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (!is_operation(expression, "+")) return {};
  const Node attribute = without_parentheses(expression.child(Field::left));
  return is_of_self(attribute, context) ? attribute : Node();
}

bool is_ordering(Node comparison) {
  const std::string_view symbol = comparison.child(Field::operators).text();
  return symbol == "<" || symbol == ">" || symbol == "<=" || symbol == ">=";
}

}  // namespace

Node attribute_aged_by(Node comparison, Context& context) {
  if (comparison.child_count() != 3 || !is_ordering(comparison)) return {};
  const Node left = comparison.first_child();
  const Node right = comparison.last_child();
  for (const auto& [one, other] : {std::pair(left, right), std::pair(right, left)}) {
    if (const Node aged = aged_in(one, context); aged && other.text() != "0") return aged;
    if (!is_now(other, context)) continue;
    if (const Node deadline = deadline_in(one, context)) return deadline;
  }
  return {};
}

namespace {

// The place among the operands of a sum or comparison that the reading of the clock leaves for the other.
bool is_set_against_now(Node attribute, Node comparison, Context& context) {
  if (comparison.child_count() != 3 || !is_ordering(comparison)) return false;
  const Node left = comparison.first_child();
  return is_now(left.covers(attribute) ? comparison.last_child() : left, context);
}

// `now + limit`, where the limit is no part of a message, and no matter of the calendar.
bool is_deadline(Node sum, Context& context) {
  if (!is_operation(sum, "+")) return false;
  const bool first = is_now(sum.child(Field::left), context);
  if (!first && !is_now(sum.child(Field::right), context)) return false;
  const Node limit = sum.child(first ? Field::right : Field::left);
  for (std::uint32_t i = limit.index(); i < limit.after(); ++i) {
    const Node node = limit.ast().node(i);
    const std::string_view text = node.is(Kind::identifier) ? node.text() : std::string_view();
    if (node.is(Kind::subscript) || node.is(Kind::string) || is_now(node, context)) return false;
    if (text == "days" || text == "weeks" || text == "hours" || text == "expires_in") return false;
  }
  return true;
}

}  // namespace

Node attribute_set_ahead(Node assignment, Context& context) {
  const Node left = assignment.child(Field::left);
  const Node value = without_parentheses(assignment.child(Field::right));
  return left.is(Kind::attribute) && is_of_self(left, context) && is_deadline(value, context) ? left : Node();
}

namespace {

bool is_condition(Node node) {
  const Node parent = node.parent();
  if (parent.is(Kind::boolean_operator) || parent.is(Kind::not_operator)) return is_condition(parent);
  return parent.is(Kind::if_statement) || parent.is(Kind::while_statement) || parent.is(Kind::elif_clause) ||
         (parent.is(Kind::conditional_expression) && node == parent.first_child().next_sibling());
}

// What the reading of the attribute is for: to count from it, to see whether it is set, or to write a log.
bool only_ages(Node attribute, Context& context) {
  Node node = attribute;
  while (node.parent().is(Kind::parenthesized_expression)) node = node.parent();
  const Node parent = node.parent();
  if (is_operation(parent, "-")) {
    return is_now(parent.child(node.field() == Field::right ? Field::left : Field::right), context);
  }
  if (is_operation(parent, "+")) return attribute_aged_by(parent.parent(), context) == attribute;
  if (parent.is(Kind::comparison_operator)) {
    if (is_set_against_now(node, parent, context)) return true;
    return is_number(node == parent.first_child() ? parent.last_child() : parent.first_child());
  }
  if (is_condition(node)) return true;
  for (Node outer = parent; outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::call) && is_log_call(outer, context)) return true;
  }
  return false;
}

// True for a reading that is set against the clock, not against nothing.
bool counts(Node attribute) {
  Node node = attribute;
  while (node.parent().is(Kind::parenthesized_expression)) node = node.parent();
  const Node parent = node.parent();
  return parent.is(Kind::binary_operator) || (parent.is(Kind::comparison_operator) && is_ordering(parent));
}

bool keeps_reading(Node attribute, Context& context) {
  const Node assignment = attribute.parent();
  if (!assignment.is(Kind::assignment)) return false;
  const Node value = without_parentheses(assignment.child(Field::right));
  return !value || is_number(value) || is_now(value, context) || is_deadline(value, context);
}

// True for `self.seen` in a class that has nothing to do with the one whose attribute is asked about.
bool is_of_stranger(Node attribute, Context& context, Context& inside) {
  return &context.unit() != &inside.unit() && is_of_self(attribute, inside) && are_strangers(context, inside);
}

// Classes whose objects are written to a database or a message.
bool is_stored(std::string_view name, Context& context, int depth = 0) {
  const semantics::ClassEntry* entry = context.resolver().class_entry(name);
  if (entry == nullptr) return !name.starts_with("threading.") && !name.starts_with("asyncio.") && name != "object";
  if (depth > 8 || !entry->definition->decorators.empty()) return true;
  return std::any_of(entry->definition->bases.begin(), entry->definition->bases.end(), [&](semantics::TermId base) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    return type == nullptr || is_stored(type->name, context, depth + 1);
  });
}

}  // namespace

bool is_only_aged(Node attribute, Context& context) {
  const semantics::Term& self = plain_term(attribute.child(Field::object), context);
  if (is_stored(context.module().name() + "." + std::string(self.name), context)) return false;
  for (const std::string_view word : {"__dict__", "vars", "asdict", "pickle"}) {
    if (is_mentioned(word, context)) return false;
  }
  const std::string_view name = attribute.child(Field::attribute).text();
  bool is_kept = false;
  bool is_asked = false;
  const bool other = any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::attribute) || node.child(Field::attribute).text() != name) continue;
      if (is_of_stranger(node, context, inside)) continue;
      const bool set = node.field() == Field::left && !node.parent().is(Kind::binary_operator) &&
                       !node.parent().is(Kind::boolean_operator);
      if (set ? !keeps_reading(node, inside) : !only_ages(node, inside)) return true;
      const Node value = set ? without_parentheses(node.parent().child(Field::right)) : Node();
      is_kept = is_kept || (value && (is_now(value, inside) || is_deadline(value, inside)));
      is_asked = is_asked || (!set && counts(node));
    }
    return false;
  });
  return is_kept && is_asked && !other;
}

}  // namespace surefoot::rules

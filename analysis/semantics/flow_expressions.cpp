#include "analysis/semantics/flow_expressions.hpp"

#include <algorithm>
#include <string_view>

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

bool is_display(Node node) { return node.is(Kind::tuple) || node.is(Kind::list) || node.is(Kind::expression_list); }

// `a, b = pair` may find too few or too many.
bool unpacks(Node node) {
  if (!node.is(Kind::pattern_list) && !node.is(Kind::tuple_pattern) && !node.is(Kind::list_pattern)) return false;
  const Node assignment = node.parent();
  if (!assignment.is(Kind::assignment)) return true;
  return !is_display(assignment.child(Field::right));
}

Evaluation own_evaluation(Node node) {
  Evaluation evaluation;
  switch (node.kind()) {
    case Kind::await:
      evaluation.awaits = evaluation.raises = true;
      break;
    case Kind::yield:
      evaluation.yields = evaluation.raises = true;
      break;
    case Kind::for_in_clause:
      evaluation.awaits = node.is_async();
      evaluation.raises = true;
      break;
    case Kind::call:
    case Kind::subscript:
    case Kind::import_statement:
    case Kind::import_from_statement:
    case Kind::print_statement:
    case Kind::exec_statement:
    case Kind::assert_statement:
    case Kind::delete_statement:
    case Kind::list_splat:
    case Kind::dictionary_splat:
    case Kind::decorator:
    case Kind::class_definition:
      evaluation.raises = true;
      break;
    case Kind::opaque:
      evaluation.raises = evaluation.broken = true;
      break;
    default:
      evaluation.raises = unpacks(node);
  }
  return evaluation;
}

// What stands in it runs later, or in a scope of its own in which nothing can be awaited.
bool is_apart(Node node) {
  return node.is(Kind::lambda) || node.is(Kind::generator_expression) || node.field() == Field::type ||
         (node.is(Kind::block) && node.field() == Field::body);
}

}  // namespace

Evaluation evaluation_of(Node node) {
  Evaluation all;
  for (std::uint32_t i = node.index(); node && i < node.after(); ++i) {
    const Node part = node.ast().node(i);
    if (is_apart(part)) {
      all.broken = all.broken || part.has_error();
      i = part.after() - 1;
    } else {
      all.add(own_evaluation(part));
    }
  }
  all.broken = all.broken || node.has_error();
  return all;
}

bool is_harmless(Node node) {
  for (std::uint32_t i = node.index(); node && i < node.after(); ++i) {
    switch (node.ast().node(i).kind()) {
      case Kind::pass_statement:
      case Kind::break_statement:
      case Kind::continue_statement:
      case Kind::return_statement:
      case Kind::global_statement:
      case Kind::nonlocal_statement:
      case Kind::expression_statement:
      case Kind::assignment:
      case Kind::parenthesized_expression:
      case Kind::not_operator:
      case Kind::boolean_operator:
      case Kind::operator_:
      case Kind::identifier:
      case Kind::string:
      case Kind::string_content:
      case Kind::integer:
      case Kind::float_:
      case Kind::true_:
      case Kind::false_:
      case Kind::none:
      case Kind::ellipsis:
        break;
      default:
        return false;
    }
  }
  return true;
}

Truth truth_of(Node condition) {
  while (condition.is(Kind::parenthesized_expression)) condition = condition.first_child();
  switch (condition.kind()) {
    case Kind::true_:
      return Truth::always;
    case Kind::false_:
    case Kind::none:
      return Truth::never;
    case Kind::integer:
      return condition.text() == "0" ? Truth::never : Truth::always;
    case Kind::not_operator: {
      const Truth inner = truth_of(condition.child(Field::argument));
      if (inner == Truth::unknown) return inner;
      return inner == Truth::always ? Truth::never : Truth::always;
    }
    default:
      return Truth::unknown;
  }
}

bool always_matches(Node case_clause) {
  if (case_clause.child(Field::guard)) return false;
  const Node pattern = case_clause.first_child();
  if (!pattern.is(Kind::case_pattern) || pattern.next_sibling().is(Kind::case_pattern)) return false;
  const std::string_view name = pattern.text();
  if (name == "None" || name == "True" || name == "False") return false;
  const auto is_part = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0; };
  return !name.empty() && is_part(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_part(c) || (c >= '0' && c <= '9'); });
}

}  // namespace surefoot::semantics

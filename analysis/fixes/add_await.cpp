#include "analysis/fixes/add_await.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// The generator expression whose element or condition the expression is in, when it is the only comprehension round it.
Node generator_around(Node expression) {
  for (Node child = expression, node = expression.parent(); node; child = node, node = node.parent()) {
    if (node.is(Kind::generator_expression)) return node;
    if (syntax::is_statement(node.kind()) || node.is(Kind::lambda)) return {};
  }
  return {};
}

// `any(… for …)`: its parentheses are those of the call, and a list does as well.
bool may_be_list(Node generator) {
  const Node call = generator.parent();
  if (!call.is(Kind::call) || generator.field() != Field::arguments) return false;
  const Node function = call.child(Field::function);
  const std::string_view name =
      function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
  for (const std::string_view one :
       {"any", "all", "sum", "list", "set", "tuple", "sorted", "max", "min", "dict", "join"}) {
    if (name == one) return true;
  }
  return false;
}

// Makes a list of the generator: `any(x for x in y)` -> `any([x for x in y])`.
std::vector<text::TextEdit> as_list(const FileView& file, const Place& generator) {
  const text::Span span = span_in_file(file, generator);
  return {{{span.start + 1, span.start + 1}, "["}, {{span.end - 1, span.end - 1}, "]"}};
}

std::vector<text::TextEdit> move_await(const FileView& file, const Place& expression, Node misplaced) {
  const text::Span whole = span_in_file(file, {expression.unit, misplaced});
  const text::Span value = span_in_file(file, expression);
  if (misplaced.first_child().start() == expression.node.start()) {
    return {{{whole.start, whole.start}, "("}, {{value.end, value.end}, ")"}};
  }
  const text::Span operand = span_in_file(file, {expression.unit, misplaced.first_child()});
  std::vector<text::TextEdit> edits = add_await(file, expression);
  edits.insert(edits.begin(), {{whole.start, operand.start}, ""});
  return edits;
}

}  // namespace

Fixes await_value(const FileView& file, const Place& expression, Node misplaced) {
  std::vector<text::TextEdit> edits;
  if (const std::string obstacle = await_obstacle(expression.node, Comprehensions::collected); !obstacle.empty()) {
    const Node generator = generator_around(expression.node);
    const bool list = generator && may_be_list(generator);
    if (!list || !await_obstacle(expression.node, Comprehensions::any).empty()) {
      return {{}, "it cannot be awaited here: " + obstacle};
    }
    edits = as_list(file, {expression.unit, generator});
  }
  const std::vector<text::TextEdit> added =
      misplaced ? move_await(file, expression, misplaced) : add_await(file, expression);
  edits.insert(edits.begin() + (edits.empty() ? 0 : 1), added.begin(), added.end());
  return {{make_fix(misplaced ? "Await it first" : "Add `await`", Applicability::unsafe, std::move(edits))}, ""};
}

std::vector<text::TextEdit> await_twin(const FileView& file, const Place& call, std::string_view twin) {
  std::vector<text::TextEdit> edits = add_await(file, call);
  const syntax::Node method = call.node.child(syntax::Field::function).child(syntax::Field::attribute);
  edits.push_back(replace(file, {call.unit, method}, std::string(twin)));
  return edits;
}

}  // namespace surefoot::fixes

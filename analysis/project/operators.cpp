#include "analysis/project/operators.hpp"

#include <algorithm>
#include <array>

#include "analysis/text/words.hpp"

namespace surefoot::project {

using semantics::FunctionRef;
using semantics::Type;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

struct Operator {
  std::string_view symbol;
  std::string_view method;
  std::string_view reflected;
  std::string_view in_place;
};

// Python reference, "Emulating numeric types" and "Basic customization".
constexpr std::array kOperators = {
    Operator{"+", "__add__", "__radd__", "__iadd__"},
    Operator{"-", "__sub__", "__rsub__", "__isub__"},
    Operator{"*", "__mul__", "__rmul__", "__imul__"},
    Operator{"@", "__matmul__", "__rmatmul__", "__imatmul__"},
    Operator{"/", "__truediv__", "__rtruediv__", "__itruediv__"},
    Operator{"//", "__floordiv__", "__rfloordiv__", "__ifloordiv__"},
    Operator{"%", "__mod__", "__rmod__", "__imod__"},
    Operator{"**", "__pow__", "__rpow__", "__ipow__"},
    Operator{"<<", "__lshift__", "__rlshift__", "__ilshift__"},
    Operator{">>", "__rshift__", "__rrshift__", "__irshift__"},
    Operator{"&", "__and__", "__rand__", "__iand__"},
    Operator{"^", "__xor__", "__rxor__", "__ixor__"},
    Operator{"|", "__or__", "__ror__", "__ior__"},
    Operator{"==", "__eq__", "__eq__", {}},
    Operator{"<", "__lt__", "__gt__", {}},
    Operator{">", "__gt__", "__lt__", {}},
    Operator{"<=", "__le__", "__ge__", {}},
    Operator{">=", "__ge__", "__le__", {}},
};

const Operator* find_operator(std::string_view symbol) {
  const auto found =
      std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator& one) { return one.symbol == symbol; });
  return found == kOperators.end() ? nullptr : &*found;
}

Node without_parentheses(Node node) {
  while (node.is(Kind::parenthesized_expression)) node = node.first_child();
  return node;
}

bool is_pattern(Node node) {
  return node.is(Kind::pattern_list) || node.is(Kind::tuple_pattern) || node.is(Kind::list_pattern) ||
         node.is(Kind::list_splat_pattern);
}

// Builtins that run one method of what they are given, or the first of these that it has.
struct Builtin {
  std::string_view name;
  std::array<std::string_view, 3> methods;
};
constexpr std::array kBuiltins = {
    Builtin{"len", {"__len__"}},
    Builtin{"str", {"__str__", "__repr__"}},
    Builtin{"print", {"__str__", "__repr__"}},
    Builtin{"format", {"__format__", "__str__", "__repr__"}},
    Builtin{"repr", {"__repr__"}},
    Builtin{"int", {"__int__", "__index__"}},
    Builtin{"float", {"__float__", "__index__"}},
    Builtin{"bytes", {"__bytes__"}},
    Builtin{"hash", {"__hash__"}},
    Builtin{"abs", {"__abs__"}},
    Builtin{"round", {"__round__"}},
    Builtin{"iter", {"__iter__"}},
    Builtin{"reversed", {"__reversed__"}},
};

bool goes_through(std::string_view builtin) {
  static const text::Words names("list tuple set frozenset sorted sum any all max min");
  return names.contain(builtin);
}

// The expression of which the node asks whether it is true.
Node tested_at(Node node) {
  switch (node.kind()) {
    case Kind::not_operator:
      return node.child(Field::argument);
    case Kind::boolean_operator:
      return node.child(Field::left);
    case Kind::if_statement:
    case Kind::elif_clause:
    case Kind::while_statement:
      return node.child(Field::condition);
    case Kind::conditional_expression:
      return node.first_child().next_sibling();
    case Kind::if_clause:
    case Kind::assert_statement:
      return node.first_child();
    default:
      return {};
  }
}

}  // namespace

bool calls_argument(std::string_view name, std::string_view keyword, std::uint32_t position) {
  if (name == "sorted" || name == "max" || name == "min") return keyword == "key";
  return (name == "map" || name == "filter" || name == "functools.reduce") && keyword.empty() && position == 0;
}

bool is_lazy(std::string_view builtin) {
  static const text::Words names("enumerate zip map filter iter");
  return names.contain(builtin);
}

Use use_of(Node node) {
  Node outer = node;
  while (is_pattern(outer.parent())) outer = outer.parent();
  const Node statement = outer.parent();
  if (statement.is(Kind::delete_statement)) return {.deletes = true};
  if (statement.is(Kind::expression_list) && statement.parent().is(Kind::delete_statement)) return {.deletes = true};
  if (outer.field() == Field::left) {
    if (statement.is(Kind::augmented_assignment)) return {.reads = true, .assigns = true};
    const bool target =
        statement.is(Kind::assignment) || statement.is(Kind::for_statement) || statement.is(Kind::for_in_clause);
    if (target) return {.assigns = true};
  }
  if (statement.is(Kind::as_pattern_target)) return {.assigns = true};
  return {.reads = true};
}

const std::vector<Special>& Operators::at(Node node) {
  found_.clear();
  switch (node.kind()) {
    case Kind::subscript:
      subscript(node);
      break;
    case Kind::comparison_operator:
      comparison(node);
      break;
    case Kind::binary_operator:
      binary(node, node.child(Field::operator_).text(), false);
      break;
    case Kind::augmented_assignment: {
      const std::string_view symbol = node.child(Field::operator_).text();
      binary(node, symbol.substr(0, symbol.size() - 1), true);
      break;
    }
    case Kind::unary_operator: {
      const std::string_view symbol = node.text().substr(0, 1);
      first_of(node.child(Field::argument), {symbol == "-" ? "__neg__" : symbol == "~" ? "__invert__" : "__pos__"});
      break;
    }
    case Kind::interpolation: {
      const bool shows_repr = node.text().find("!r") != std::string_view::npos;
      const Node value = node.child(Field::expression);
      shows_repr ? first_of(value, {"__repr__"}) : first_of(value, {"__format__", "__str__", "__repr__"});
      break;
    }
    case Kind::call:
      builtin(node);
      break;
    case Kind::list_splat:
      iterate(node.first_child());
      break;
    case Kind::yield:
      if (node.text().starts_with("yield from")) iterate(node.first_child());
      break;
    case Kind::assignment:
      unpacked(node);
      break;
    default:
      if (const Node tested = tested_at(node)) truth(tested);
      break;
  }
  return found_;
}

void Operators::subscript(Node node) {
  const Node value = node.child(Field::value);
  const Use use = use_of(node);
  if (use.reads) first_of(value, {"__getitem__"});
  if (use.assigns) first_of(value, {"__setitem__"});
  if (use.deletes) first_of(value, {"__delitem__"});
}

// `low < value in values`: each operator stands between two operands.
void Operators::comparison(Node node) {
  Node left;
  std::string_view symbol;
  for (const Node child : node.children()) {
    if (child.is(Kind::operator_)) {
      symbol = child.text();
      continue;
    }
    if (left && (symbol == "in" || symbol == "not in")) {
      contains(child);
    } else if (left && symbol == "!=") {
      if (!first_of(left, {"__ne__", "__eq__"})) either(left, "__ne__", child, "__eq__");
    } else if (const Operator* known = left ? find_operator(symbol) : nullptr) {
      either(left, known->method, child, known->reflected);
    }
    left = child;
  }
}

void Operators::binary(Node node, std::string_view symbol, bool in_place) {
  const Operator* known = find_operator(symbol);
  if (known == nullptr) return;
  const Node left = node.child(Field::left);
  if (in_place && first_of(left, {known->in_place})) return;
  either(left, known->method, node.child(Field::right), known->reflected);
}

// The right operand is asked where the left one is known to have no such method: it is a class of the project.
void Operators::either(Node left, std::string_view name, Node right, std::string_view reflected) {
  if (first_of(left, {name})) return;
  const Type* type = semantics::only(resolver_.type_of(unit_, left));
  if (type != nullptr && type->tag == Type::Tag::instance && resolver_.class_entry(type->name) != nullptr) {
    first_of(right, {reflected});
  }
}

void Operators::builtin(Node call) {
  const Node function = call.child(Field::function);
  const Node given = call.child(Field::arguments).first_child();
  if (!function.is(Kind::identifier) || !given || given.is(Kind::keyword_argument) || given.is(Kind::list_splat)) {
    return;
  }
  const std::string_view name = function.text();
  if (name == "bool" && is_builtin(call, name)) return truth(given);
  if (name == "next" && is_builtin(call, name)) {
    first_of(given, {"__next__"}, Runs::iteration);
    return;
  }
  if (goes_through(name) && is_builtin(call, name)) return iterate(given);
  const auto known =
      std::find_if(kBuiltins.begin(), kBuiltins.end(), [&](const Builtin& one) { return one.name == name; });
  if (known == kBuiltins.end() || !is_builtin(call, name)) return;
  first_of(given, {known->methods[0], known->methods[1], known->methods[2]});
}

bool Operators::is_builtin(Node call, std::string_view name) {
  const Type* callee = semantics::only(resolver_.type_of(unit_, call.child(Field::function)));
  return callee != nullptr && callee->is_object(name);
}

void Operators::truth(Node value) {
  value = without_parentheses(value);
  // Its left part is looked at where it stands.
  while (value.is(Kind::boolean_operator)) value = without_parentheses(value.child(Field::right));
  if (value.is(Kind::comparison_operator) || value.is(Kind::not_operator)) return;
  first_of(value, {"__bool__", "__len__"});
}

void Operators::contains(Node value) {
  if (!first_of(value, {"__contains__"})) iterate(value);
}

const std::vector<Special>& Operators::iteration(Node iterable) {
  found_.clear();
  iterate(iterable);
  return found_;
}

void Operators::iterate(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::call) && value.child(Field::function).is(Kind::identifier)) {
    const std::string_view name = value.child(Field::function).text();
    if (is_lazy(name) && is_builtin(value, name)) {
      bool is_function = name == "map" || name == "filter";
      for (const Node argument : value.child(Field::arguments).children()) {
        if (!std::exchange(is_function, false) && !argument.is(Kind::keyword_argument)) iterate(argument);
      }
      return;
    }
  }
  const bool has_own = first_of(value, {"__iter__"}, Runs::iteration);
  const bool has_next = first_of(value, {"__next__"}, Runs::iteration);
  if (!has_own && !has_next) first_of(value, {"__getitem__"}, Runs::iteration);
}

// `first, second = pair`
void Operators::unpacked(Node assignment) {
  const Node left = assignment.child(Field::left);
  const Node right = assignment.child(Field::right);
  if (is_pattern(left) && right && !right.is(Kind::expression_list)) iterate(right);
}

bool Operators::first_of(Node value, Names names, Runs runs) {
  const Type* type = value ? semantics::only(resolver_.type_of(unit_, value)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::instance || resolver_.class_entry(type->name) == nullptr) return false;
  for (const std::string_view name : names) {
    const FunctionRef method = name.empty() ? FunctionRef{} : resolver_.method(*type, name);
    if (method.function == nullptr) continue;
    found_.push_back({value, method, runs});
    return true;
  }
  return false;
}

}  // namespace surefoot::project

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule python_operator_in_filter;
const Rule python_operator_in_filter{
    .code = "SQA119",
    .name = "python-operator-in-filter",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::boolean_operator, Kind::not_operator, Kind::comparison_operator},
    .check = check,
    .fix = fix,
};

namespace {

// Report::variant
constexpr int kAndOr = 0;
constexpr int kNot = 1;
constexpr int kIs = 2;
constexpr int kIn = 3;

// ---- where conditions stand

bool takes_conditions(std::string_view method) {
  static constexpr std::array<std::string_view, 8> kNames = {"where", "filter", "having", "and_",
                                                             "or_",   "not_",   "join",   "outerjoin"};
  return contains(kNames, method);
}

bool is_statement_or_query(Node expression, Context& context) {
  static constexpr std::array<std::string_view, 4> kStatements = {"sqlalchemy.Select", "sqlalchemy.Update",
                                                                  "sqlalchemy.Delete", "sqlalchemy.orm.Query"};
  return std::any_of(kStatements.begin(), kStatements.end(),
                     [&](std::string_view name) { return context.is_instance(expression, name); });
}

// `session.query(User).filter(…)`, where nothing is known of the session.
bool is_made_by_query(Node chain) {
  while (chain.is(Kind::call) || chain.is(Kind::attribute)) {
    if (chain.is(Kind::call) && chain.child(Field::function).child(Field::attribute).text() == "query") return true;
    chain = chain.is(Kind::call) ? chain.child(Field::function) : chain.child(Field::object);
  }
  return false;
}

// `query.filter(…)`, `select(User).where(…)`, `and_(…)`.
bool is_condition_call(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!takes_conditions(written_name(call))) return false;
  if (function.is(Kind::attribute)) {
    const Node object = function.child(Field::object);
    if (is_statement_or_query(object, context)) return true;
    if (context.type_of(object).empty() && is_made_by_query(object)) return true;
  }
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object && callee->name.starts_with("sqlalchemy.") &&
         written_name(call).ends_with('_');
}

// The call that takes the node for a condition, by itself or as an operand of `&`, `|`, `~`, `and`, `or`, `not`.
Node condition_call(Node node, Context& context) {
  for (Node child = node, at = node.parent(); at; child = at, at = at.parent()) {
    if (at.is(Kind::parenthesized_expression) || at.is(Kind::binary_operator) || at.is(Kind::unary_operator)) continue;
    if (!at.is(Kind::argument_list) || !at.parent().is(Kind::call)) return {};
    return is_condition_call(at.parent(), context) ? at.parent() : Node();
  }
  return {};
}

// `conditions.append(User.name is None)`, `[User.id in ids]`, `case((User.name is None, 1))`: handed on, not asked.
bool is_condition_for_later(Node node, Context& context) {
  if (!node.is(Kind::comparison_operator) || !is_declared_column(node.first_child(), context)) return false;
  const Node parent = node.parent();
  const bool assigned = parent.is(Kind::assignment) && node.field() == Field::right;
  const Node call = parent.is(Kind::argument_list) ? parent.parent() : Node();
  return assigned || parent.is(Kind::list) || parent.is(Kind::tuple) || parent.is(Kind::return_statement) ||
         (call.is(Kind::call) && (written_name(call) == "append" || takes_conditions(written_name(call))));
}

// ---- what is about columns

// The classes that the chain of calls names: `User` of `session.query(User).filter(…)`.
bool is_entity(Node name, Node call) {
  for (Node at = call; at.is(Kind::call) || at.is(Kind::attribute);) {
    if (at.is(Kind::attribute)) {
      at = at.child(Field::object);
      continue;
    }
    const std::string_view method = written_name(at);
    if (method == "query" || method == "select" || method == "update" || method == "delete" || method == "join") {
      for (const Node one : at.child(Field::arguments).children()) {
        if (one.text() == name.text()) return true;
      }
    }
    at = at.child(Field::function);
  }
  return false;
}

bool is_column_of(Node expression, Node call, Context& context) {
  expression = without_parentheses(expression);
  if (!expression.is(Kind::attribute)) return false;
  if (!call) return is_declared_column(expression, context);
  return is_column(expression, context) || is_entity(expression.child(Field::object), call);
}

// A condition on columns: `User.age > 3`, `User.name.like("a%")`, `~(…)`, `(a) & (b)`; a column of its own.
bool is_expression(Node node, Node call, Context& context, int depth = 0) {
  node = without_parentheses(node);
  if (!node || depth > 8) return false;
  const auto any = [&](Node one) { return is_expression(one, call, context, depth + 1); };
  switch (node.kind()) {
    case Kind::attribute:
      return is_column_of(node, call, context);
    case Kind::comparison_operator: {
      const std::string_view operation = node.child(Field::operators).text();
      if (operation == "is" || operation == "is not" || operation == "in" || operation == "not in") return false;
      return any(node.first_child()) || any(node.last_child());
    }
    case Kind::binary_operator:
      return any(node.child(Field::left)) || any(node.child(Field::right));
    case Kind::boolean_operator:
      return any(node.child(Field::left));
    case Kind::unary_operator:
      return any(node.last_child());
    case Kind::call:
      return node.child(Field::function).is(Kind::attribute) && any(node.child(Field::function).child(Field::object));
    default:
      return false;
  }
}

// ---- check

std::string_view operator_of(Node node) {
  if (node.is(Kind::comparison_operator)) return node.child(Field::operators).text();
  return node.child(Field::operator_).text();
}

struct Wrong {
  int variant = 0;
  std::string message;
};

// Python asks the first operand of `and` and `or` whether it is true; the last one is only given back.
std::optional<Wrong> wrong_in(Node node, Node call, Context& context) {
  if (node.is(Kind::boolean_operator)) {
    if (!is_expression(node.child(Field::left), call, context)) return std::nullopt;
    const std::string_view name = operator_of(node);
    return Wrong{kAndOr,
                 fmt::format("Python's `{0}` chooses one of its operands before SQL sees them: use `{0}_(…)`", name)};
  }
  if (node.is(Kind::not_operator)) {
    if (!is_expression(node.child(Field::argument), call, context)) return std::nullopt;
    return Wrong{kNot, "Python's `not` gives True or False before SQL sees the condition: use `~` or `not_(…)`"};
  }
  const std::string_view operation = operator_of(node);
  if (!is_column_of(node.first_child(), call, context)) return std::nullopt;
  if (operation == "is" || operation == "is not") {
    return Wrong{kIs,
                 fmt::format("`{}` compares Python objects, so the condition is always {}: use `.{}(…)`", operation,
                             operation == "is" ? "false" : "true", operation == "is" ? "is_" : "is_not")};
  }
  if (operation != "in" && operation != "not in") return std::nullopt;
  return Wrong{kIn, fmt::format("Python's `{}` looks through the values by itself, and SQL gets True or False: use "
                                "`.{}(…)`",
                                operation, operation == "in" ? "in_" : "not_in")};
}

// `a.b is c`, `a.b in c`; SQLAlchemy knows what the other comparisons mean.
bool is_of_python(Node comparison) {
  if (!without_parentheses(comparison.first_child()).is(Kind::attribute)) return false;
  int operators = 0;
  for (const Node child : comparison.children()) operators += child.field() == Field::operators ? 1 : 0;
  return operators == 1 && (operator_of(comparison).starts_with("i") || operator_of(comparison) == "not in");
}

void check(Node node, Context& context) {
  if (node.is(Kind::comparison_operator) && !is_of_python(node)) return;
  if (node.parent().is(Kind::boolean_operator)) {
    const bool same = node.is(Kind::boolean_operator) && operator_of(node) == operator_of(node.parent());
    if (same) return;
  }
  Node outer = node;
  while (outer.parent().is(Kind::boolean_operator) || outer.parent().is(Kind::not_operator) ||
         outer.parent().is(Kind::parenthesized_expression)) {
    outer = outer.parent();
  }
  const Node call = condition_call(outer, context);
  if (!call && (outer != node || !is_condition_for_later(node, context))) return;
  const auto wrong = wrong_in(node, call, context);
  if (!wrong) return;
  context.report(python_operator_in_filter, node, wrong->message).variant = wrong->variant;
}

// ---- fix

Fixes as_method(Node node, std::string_view method, Context& context) {
  const Node operation = node.child(Field::operators);
  if (operation.start() != node.first_child().span().end + 1) return {{}, "it is written over several lines"};
  const fixes::FileView& file = context.file();
  const Node value = node.last_child();
  const bool bare = value.is(Kind::parenthesized_expression);
  const std::string content =
      fmt::format("{}.{}{}{}{}", node.first_child().text(), method, bare ? "" : "(", value.text(), bare ? "" : ")");
  return {{fixes::make_fix(fmt::format("Use `.{}(…)`", method), fixes::Applicability::safe,
                           {fixes::replace(file, context.place(node), content)})},
          ""};
}

// `a and b and c` is `(a and b) and c`.
void add_operands(Node node, std::string_view operation, std::vector<Node>& operands) {
  if (node.is(Kind::boolean_operator) && operator_of(node) == operation) {
    add_operands(node.child(Field::left), operation, operands);
    add_operands(node.child(Field::right), operation, operands);
    return;
  }
  operands.push_back(node);
}

Fixes as_function(Node node, Context& context) {
  const std::string_view operation = operator_of(node);
  if (node.text().find('#') != std::string_view::npos) return {{}, "there are comments in it"};
  fixes::Import import =
      fixes::import_name(context.file(), context.place(node), "sqlalchemy", operation == "and" ? "and_" : "or_");
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<Node> operands;
  add_operands(node, operation, operands);
  std::string content = import.name + "(";
  for (const Node one : operands) {
    if (content.back() != '(') content += ", ";
    content += without_parentheses(one).text();
  }
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(fixes::replace(context.file(), context.place(node), content + ")"));
  return {{fixes::make_fix(fmt::format("Use `{}(…)`", import.name), fixes::Applicability::safe, std::move(edits))}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  switch (report.variant) {
    case kIs:
      return as_method(node, operator_of(node) == "is" ? "is_" : "is_not", context);
    case kIn:
      return as_method(node, operator_of(node) == "in" ? "in_" : "not_in", context);
    case kNot: {
      const Node inner = node.child(Field::argument);
      const bool simple = inner.is(Kind::attribute) || inner.is(Kind::call) || inner.is(Kind::parenthesized_expression);
      const std::string content = simple ? fmt::format("~{}", inner.text()) : fmt::format("~({})", inner.text());
      return {{fixes::make_fix("Use `~`", fixes::Applicability::safe,
                               {fixes::replace(context.file(), context.place(node), content)})},
              ""};
    }
    default:
      return as_function(node, context);
  }
}

}  // namespace
}  // namespace surefoot::rules

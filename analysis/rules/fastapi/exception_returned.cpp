#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/web_handlers.hpp"

namespace surefoot::rules {
namespace {

using semantics::Op;

enum class Given {
  other,
  constructed,     // HTTPException(...), or a name that holds one
  made_by_helper,  // what a function of this file gives
  in_condition,    // one side of `a if b else c`
};

bool is_http_exception(Node expression, Context& context) {
  return context.is_instance(expression, "starlette.exceptions.HTTPException");
}

// True for a name that was given a call's value, here or at module level.
bool holds_made_value(Node name, Context& context) {
  const semantics::Term* term = &context.unit().terms[context.unit().term_of(name)];
  if (term->op == Op::annotated) term = &context.unit().terms[term->b];
  return term->op == Op::call || term->op == Op::global;
}

// `HTTPException(…)`, `errors.NotFound(…)`, or a local that holds such: classes are named so (PEP 8, "Class Names").
// True for what is no call.
bool may_be_constructed(Node value, Context& context) {
  const semantics::Term& term = context.unit().terms[context.unit().term_of(value)];
  const bool held = value.is(Kind::identifier) && term.op == Op::call;
  const Node call = held ? value.ast().node(term.node) : value;
  if (!call.is(Kind::call)) return true;
  const std::string_view name = last_name(call.child(Field::function));
  const std::size_t first = name.find_first_not_of('_');
  return first != std::string_view::npos && name[first] >= 'A' && name[first] <= 'Z';
}

Given given(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::conditional_expression)) {
    const bool either = given(expression.first_child(), context) == Given::constructed ||
                        given(expression.last_child(), context) == Given::constructed;
    return either ? Given::in_condition : Given::other;
  }
  const Node call = expression.is(Kind::await) ? without_parentheses(expression.first_child()) : expression;
  if (call.is(Kind::call)) {
    if (!is_http_exception(expression, context)) return Given::other;
    const Type* callee = context.callee(call);
    return callee != nullptr && callee->function == nullptr ? Given::constructed : Given::made_by_helper;
  }
  const bool made = expression.is(Kind::identifier) && holds_made_value(expression, context);
  return made && is_http_exception(expression, context) ? Given::constructed : Given::other;
}

bool always_leaves(Node block);

bool statement_leaves(Node statement) {
  if (statement.is(Kind::return_statement) || statement.is(Kind::raise_statement)) return true;
  if (statement.is(Kind::with_statement)) return always_leaves(statement.child(Field::body));
  if (!statement.is(Kind::if_statement)) return false;
  bool has_else = false;
  for (const Node child : statement.children()) {
    if (child.is(Kind::elif_clause) && !always_leaves(child.child(Field::consequence))) return false;
    if (child.is(Kind::else_clause)) has_else = always_leaves(child.child(Field::body));
  }
  return has_else && always_leaves(statement.child(Field::consequence));
}

bool always_leaves(Node block) { return block && block.last_child() && statement_leaves(block.last_child()); }

// A function that makes exceptions and nothing else: every way out returns one (or raises).
bool is_factory(Node function, Context& context) {
  const Node body = function.child(Field::body);
  if (!always_leaves(body)) return false;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::return_statement) || context.enclosing_function(node) != function) continue;
    const Node value = node.first_child();
    if (!value || given(value, context) == Given::other) return false;
  }
  return true;
}

bool says_so(Node function) {
  const Node type = function.child(Field::return_type);
  return type && (type.text().find("Exception") != std::string_view::npos ||
                  type.text().find("Error") != std::string_view::npos);
}

void check(Node statement, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule exception_returned;
const Rule exception_returned{
    .code = "FAPI114",
    .name = "exception-returned",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::return_statement},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

void check(Node statement, Context& context) {
  const Node value = statement.first_child();
  const Node function = value ? context.enclosing_function(statement) : Node();
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  if (model == nullptr) return;
  // What helpers make counts in routes alone, which have decorators.
  if (model->decorators.empty() && !may_be_constructed(value, context)) return;
  const Given kind = given(value, context);
  if (kind == Given::other) return;
  const bool route = is_route(*model, context);
  if (!route && (says_so(function) || kind == Given::made_by_helper || is_factory(function, context))) return;
  Node name = without_parentheses(value);
  if (name.is(Kind::call)) name = name.child(Field::function);
  const bool plain = name.is(Kind::identifier) || name.is(Kind::attribute);
  Report& report = context.report(exception_returned, statement,
                                  fmt::format("`{}` is returned, not raised: the client gets no error response",
                                              plain ? name.text() : "HTTPException"));
  report.span.end = report.span.start + 6;  // `return`
  report.variant = route ? 1 : 0;
}

// The names of the functions whose value an expression is: `f(x)`, `await f(x)`, `self.f`, a name that was given one.
bool comes_from(const semantics::UnitModel& unit, Node expression, std::string_view name, int depth = 0) {
  expression = without_parentheses(expression);
  if (!expression || depth > 4) return false;
  if (expression.is(Kind::await)) return comes_from(unit, expression.first_child(), name, depth + 1);
  if (expression.is(Kind::call)) return last_name(expression.child(Field::function)) == name;
  if (expression.is(Kind::attribute)) return last_name(expression) == name;
  if (!expression.is(Kind::identifier)) return false;
  std::vector<semantics::TermId> waiting{unit.term_of(expression)};
  for (std::size_t i = 0; i < waiting.size() && i < 16; ++i) {
    const semantics::Term& term = unit.terms[waiting[i]];
    if (term.op == Op::join) {
      waiting.insert(waiting.end(), unit.operands[term.b].begin(), unit.operands[term.b].end());
    } else if (term.op == Op::await_) {
      waiting.push_back(term.a);
    } else if (term.op == Op::call && comes_from(unit, unit.unit->ast.node(term.node), name, depth + 1)) {
      return true;
    }
  }
  return false;
}

// Not when some caller raises what the function returns.
bool confirm(const Report& report, Context& context) {
  if (report.variant == 1) return true;
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const std::string_view name = function.child(Field::name).text();
  return !any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::raise_statement) && comes_from(inside.unit(), node.first_child(), name)) return true;
    }
    return false;
  });
}

Fixes fix(const Report& report, Context& context) {
  const Node statement = context.unit().unit->ast.node(report.node);
  if (given(statement.first_child(), context) == Given::in_condition) {
    return {{}, "a conditional expression cannot raise"};
  }
  text::TextEdit edit = fixes::insert_before(context.file(), context.place(statement), "raise");
  edit.span.end += 6;  // `return`
  return {{fixes::make_fix("Raise the exception", fixes::Applicability::safe, {std::move(edit)})}, ""};
}

}  // namespace
}  // namespace surefoot::rules

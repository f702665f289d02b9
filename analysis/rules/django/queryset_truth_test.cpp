#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

using semantics::Op;
using semantics::TermId;

enum Variant { kTruth, kBool, kLen };

// The leaf values of a name at a place. Two places that share one may speak of the same queryset.
std::unordered_set<TermId> values_at(const semantics::UnitModel& unit, Node name) {
  std::unordered_set<TermId> seen;
  std::vector<TermId> waiting{unit.term_of(name)};
  while (!waiting.empty() && seen.size() < 64) {
    const TermId id = waiting.back();
    waiting.pop_back();
    if (!seen.insert(id).second || unit.terms[id].op != Op::join) continue;
    const auto& operands = unit.operands[unit.terms[id].b];
    waiting.insert(waiting.end(), operands.begin(), operands.end());
  }
  return seen;
}

// Methods that ask the database anew or only build a query: the rows that were loaded do not serve them.
bool leaves_rows_alone(std::string_view method) {
  static const text::Words methods(
      "acount adelete aexists aggregate aget aiterator alias all annotate aupdate bulk_create bulk_update "
      "complex_filter count create dates datetimes db defer delete difference distinct earliest exclude "
      "exists explain extra filter get get_or_create in_bulk intersection iterator latest model none only "
      "order_by ordered prefetch_related query raw reverse select_for_update select_related union update "
      "update_or_create using values values_list");
  return methods.contain(method);
}

Node condition_of(Node node) {
  if (node.is(Kind::conditional_expression)) return node.first_child().next_sibling();
  if (node.is(Kind::not_operator)) return node.child(Field::argument);
  if (node.is(Kind::assert_statement) || node.is(Kind::if_clause)) return node.first_child();
  return node.child(Field::condition);
}

bool is_builtin_call(Node call, std::string_view name, Context& context) {
  return call.is(Kind::call) && call.child(Field::function).text() == name && context.calls(call, name);
}

// True where only the truth of the expression counts.
bool is_truth_tested(Node expression, Context& context) {
  Node child = expression;
  for (Node at = child.parent(); at; child = at, at = at.parent()) {
    if (at.is(Kind::parenthesized_expression) || at.is(Kind::boolean_operator)) continue;
    if (at.is(Kind::argument_list)) return is_builtin_call(at.parent(), "bool", context);
    return condition_of(at) == child;
  }
  return false;
}

bool is_only_built_on(Node name) {
  const Node parent = name.parent();
  if (parent.is(Kind::binary_operator)) {
    const std::string_view symbol = parent.child(Field::operator_).text();
    return symbol == "|" || symbol == "&" || symbol == "^";
  }
  if (parent.is(Kind::keyword_argument)) return parent.child(Field::name).text().ends_with("__in");
  return parent.is(Kind::augmented_assignment) && parent.child(Field::left) == name;
}

// True when an occurrence of the queryset's name may want its rows.
bool uses_rows(Node name, Context& context) {
  const Node at = outside_parentheses(name);
  const Node parent = at.parent();
  if (parent.is(Kind::attribute)) return !leaves_rows_alone(parent.child(Field::attribute).text());
  if (parent.is(Kind::comparison_operator)) return parent.last_child().is(Kind::none) ? false : true;
  if (parent.is(Kind::argument_list) && is_builtin_call(parent.parent(), "len", context)) return false;
  if (parent.is(Kind::delete_statement) || is_only_built_on(at)) return false;
  return !is_truth_tested(name, context);
}

// An identifier that is no use of a variable: a target, a keyword, an attribute's or a parameter's name.
bool is_no_read(Node name) {
  const Node parent = name.parent();
  switch (parent.kind()) {
    case Kind::assignment:
      return name.field() == Field::left;
    case Kind::attribute:
      return name.field() == Field::attribute;
    case Kind::keyword_argument:
    case Kind::named_expression:
    case Kind::default_parameter:
    case Kind::typed_default_parameter:
    case Kind::function_definition:
      return name.field() == Field::name;
    case Kind::parameters:
    case Kind::lambda_parameters:
    case Kind::typed_parameter:
    case Kind::global_statement:
    case Kind::nonlocal_statement:
      return true;
    default:
      return false;
  }
}

Node enclosing_def(Node node, Context& context) {
  Node function = context.enclosing_function(node);
  while (function.is(Kind::lambda)) function = context.enclosing_function(function);
  return function;
}

// True when some read of the name, anywhere in the function, may want the rows of the value that it has here.
bool rows_are_wanted(Node name, Context& context) {
  const Node function = enclosing_def(name, context);
  const semantics::UnitModel& unit = context.unit();
  const Op op = unit.terms[unit.term_of(name)].op;
  if (!function || op == Op::global || op == Op::class_name) return true;
  if (function.text().find("locals()") != std::string_view::npos) return true;
  const auto values = values_at(unit, name);
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node other = function.ast().node(i);
    if (other == name || !other.is(Kind::identifier) || other.text() != name.text() || is_no_read(other)) continue;
    const auto others = values_at(unit, other);
    const bool same = others.contains(semantics::kUnknown) ||
                      std::any_of(others.begin(), others.end(), [&](TermId id) { return values.contains(id); });
    if (same && uses_rows(other, context)) return true;
  }
  return false;
}

// A call that makes a queryset for this use alone, and does not give one that is kept somewhere.
bool is_fresh(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr) return true;
  const auto& terms = callee->unit->terms;
  return std::all_of(callee->function->returned.begin(), callee->function->returned.end(), [&](TermId id) {
    return terms[id].op != Op::attribute && terms[id].op != Op::global && terms[id].op != Op::unknown;
  });
}

// True for a queryset, fresh or in a local, whose rows nobody wants.
bool is_loaded_in_vain(Node expression, Context& context) {
  const bool named = expression.is(Kind::named_expression) || expression.is(Kind::identifier);
  if ((!named && !expression.is(Kind::call)) || !is_queryset(expression, context)) return false;
  if (expression.is(Kind::call)) return is_fresh(expression, context);
  if (expression.is(Kind::named_expression)) return !rows_are_wanted(expression.child(Field::name), context);
  return !rows_are_wanted(expression, context);
}

void check(Node node, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule queryset_truth_test;
const Rule queryset_truth_test{
    .code = "DJG104",
    .name = "queryset-truth-test",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::if_statement, Kind::elif_clause, Kind::while_statement, Kind::conditional_expression,
              Kind::not_operator, Kind::if_clause, Kind::assert_statement, Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_one_of({"len", "bool"}); }

std::string shown(Node expression) {
  const std::string_view text = expression.text();
  const bool brief = text.size() <= 60 && text.find('\n') == std::string_view::npos;
  return brief ? fmt::format("`{}`", text) : "The queryset";
}

void report(Node anchor, Node queryset, Variant variant, Context& context) {
  std::string message =
      variant == kLen
          ? fmt::format("{} is loaded whole to count its rows; `.count()` lets the database count", shown(queryset))
          : fmt::format("{} is loaded whole to see whether it is empty; `.exists()` asks for one row", shown(queryset));
  context.report(queryset_truth_test, anchor, std::move(message)).variant = variant;
}

// Tests the operands of `and` and `or`, whose truth is asked for as well. A `not` is looked at by itself.
void check_truth(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::boolean_operator)) {
    check_truth(expression.child(Field::left), context);
    check_truth(expression.child(Field::right), context);
  } else if (expression && is_loaded_in_vain(expression, context)) {
    report(expression, expression, kTruth, context);
  }
}

void check(Node node, Context& context) {
  if (context.scope_of(node) == Scope::coroutine) return;  // there the query itself is the error
  if (!node.is(Kind::call)) return check_truth(condition_of(node), context);
  const bool len = is_builtin_call(node, "len", context);
  if (!len && !is_builtin_call(node, "bool", context)) return;
  const Node arguments = node.child(Field::arguments);
  const Node queryset = arguments.child_count() == 1 ? without_parentheses(arguments.first_child()) : Node();
  if (queryset && is_loaded_in_vain(queryset, context)) report(node, queryset, len ? kLen : kBool, context);
}

// `bool(x)` -> `x.exists()`; over several lines the parentheses stay.
Fixes replace_call(Node call, std::string_view method, Context& context) {
  const Node queryset = call.child(Field::arguments).first_child();
  const text::Span whole = fixes::span_in_file(context.file(), context.place(call));
  const text::Span inner = fixes::span_in_file(context.file(), context.place(queryset));
  const std::string_view after = context.file().text.slice({inner.end, whole.end});
  const std::string text = fmt::format(".{}()", method);
  std::vector<text::TextEdit> edits;
  if (call.text().find('\n') == std::string_view::npos && !queryset.is(Kind::named_expression)) {
    edits = {{{whole.start, inner.start}, ""}, {{inner.end, whole.end}, text}};
  } else {
    const text::Span name = fixes::span_in_file(context.file(), context.place(call.child(Field::function)));
    edits = {{name, ""}, {{whole.end, whole.end}, text}};
    if (const std::size_t comma = after.find(','); comma != std::string_view::npos) {
      const auto at = inner.end + static_cast<std::uint32_t>(comma);
      edits.insert(edits.begin() + 1, {{at, at + 1}, ""});
    }
  }
  return {{fixes::make_fix(fmt::format("Use `.{}()`", method), fixes::Applicability::safe, std::move(edits))}, ""};
}

Fixes fix(const Report& report, Context& context) {
  Node node = context.unit().unit->ast.node(report.node);
  if (report.variant != kTruth) return replace_call(node, report.variant == kLen ? "count" : "exists", context);
  std::vector<text::TextEdit> edits;
  if (node.is(Kind::named_expression) && !node.parent().is(Kind::parenthesized_expression)) {
    edits = {fixes::insert_before(context.file(), context.place(node), "("),
             fixes::insert_after(context.file(), context.place(node), ").exists()")};
  } else {
    if (node.is(Kind::named_expression)) node = node.parent();
    edits = {fixes::insert_after(context.file(), context.place(node), ".exists()")};
  }
  return {{fixes::make_fix("Use `.exists()`", fixes::Applicability::safe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

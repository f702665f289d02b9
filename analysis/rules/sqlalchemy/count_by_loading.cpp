#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/local_names.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule count_by_loading;
const Rule count_by_loading{
    .code = "SQA120",
    .name = "count-by-loading",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

// Report::variant
constexpr int kCount = 0;
constexpr int kExists = 1;
constexpr int kLocal = 2;  // the rows have a name

constexpr std::array<std::string_view, 10> kLoaders = {
    "sqlalchemy.orm.Query.all",          "flask_sqlalchemy.query.Query.all", "sqlalchemy.Result.all",
    "sqlalchemy.Result.fetchall",        "sqlalchemy.CursorResult.all",      "sqlalchemy.CursorResult.fetchall",
    "sqlalchemy.ScalarResult.all",       "sqlalchemy.ScalarResult.fetchall", "sqlalchemy.MappingResult.all",
    "sqlalchemy.MappingResult.fetchall",
};

bool concerns(const Callee& callee) {
  return callee.of == Callee::Of::library && (callee.name == "list" || contains(kLoaders, callee.name));
}

// `query.all()`, `list(session.scalars(…))`.
bool loads_rows(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  if (callee->name != "list") return contains(kLoaders, callee->name);
  const Node rows = without_parentheses(argument(call, "", 0));
  return rows && (context.is_instance(rows, "sqlalchemy.ScalarResult") ||
                  context.is_instance(rows, "sqlalchemy.Result") || context.is_instance(rows, "sqlalchemy.orm.Query"));
}

// The `len(…)` round the rows; null when there is none.
Node len_round(Node rows, Context& context) {
  const Node list = rows.parent();
  const Node call = list.is(Kind::argument_list) ? list.parent() : Node();
  return call.is(Kind::call) && context.calls(call, "len") ? call : Node();
}

// `if rows:`, `not rows`, `bool(rows)`, `… if rows else …`.
bool is_truth_test(Node rows, Context& context) {
  const Node parent = rows.parent();
  if (parent.is(Kind::not_operator)) return true;
  if (parent.is(Kind::conditional_expression)) return parent.first_child().next_sibling() == rows;
  if (parent.is(Kind::if_statement) || parent.is(Kind::elif_clause)) return rows.field() == Field::condition;
  const Node call = parent.is(Kind::argument_list) ? parent.parent() : Node();
  return call.is(Kind::call) && context.calls(call, "bool");
}

// A few rows that somebody has cut off are no matter, and how many there are may be what is asked.
bool is_limited(Node call) {
  for (std::uint32_t i = call.index(); i < call.after(); ++i) {
    const Node node = call.ast().node(i);
    if (!node.is(Kind::call)) continue;
    const std::string_view method = node.child(Field::function).child(Field::attribute).text();
    if (method == "limit" || method == "fetch" || method == "slice" || method == "with_for_update") return true;
  }
  return false;
}

// True when all that is done with the local is to count its rows, or to ask whether there are any.
bool is_only_counted(Node target, Context& context) {
  const Node function = context.enclosing_function(target);
  if (!function.is(Kind::function_definition)) return false;
  const LocalNames names(function);
  const std::uint32_t number = names.find(target);
  if (number == LocalNames::kNone) return false;
  const Local& local = names.local(number);
  if (local.owner != function || local.bindings.size() != 1 || local.reads.empty()) return false;
  return std::all_of(local.reads.begin(), local.reads.end(), [&](Node read) {
    const Node rows = outside_parentheses(read);
    return len_round(rows, context) || is_truth_test(rows, context);
  });
}

// `if query.all(): for row in query.all():`, `for row in query:`: the rows are used, from another query.
bool is_loaded_again(Node call, Context& context) {
  const Node query = call.child(Field::function).child(Field::object);
  const Node function = context.enclosing_function(call);
  if (!query.is(Kind::identifier) || !function) return false;
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node node = call.ast().node(i);
    if (!node.is(Kind::identifier) || node == query || node.text() != query.text()) continue;
    const bool is_run =
        node.parent().is(Kind::attribute) &&
        contains(std::array<std::string_view, 3>{"all", "first", "one"}, node.parent().child(Field::attribute).text());
    if (is_run || node.parent().is(Kind::for_statement) || node.parent().is(Kind::for_in_clause)) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  if (!loads_rows(call, context) || is_limited(call) || is_loaded_again(call, context)) return;
  const Node rows = outside_parentheses(call);
  const Node target = rows.parent().is(Kind::assignment) ? rows.parent().child(Field::left) : Node();
  int variant = kCount;
  if (target.is(Kind::identifier) && rows.parent().parent().is(Kind::expression_statement)) {
    if (!is_only_counted(target, context)) return;
    variant = kLocal;
  } else if (is_truth_test(rows, context)) {
    variant = kExists;
  } else if (!len_round(rows, context)) {
    return;
  }
  const std::string_view how = variant == kExists ? "loads all rows to see whether there is one: ask with `exists()`"
                               : variant == kLocal
                                   ? "loads all rows, and only their number is used: let the database count them"
                                   : "loads all rows to count them: let the database do that";
  Report& report = context.report(count_by_loading, call, fmt::format("`{}()` {}", written_name(call), how));
  report.variant = variant;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node query = call.child(Field::function).child(Field::object);
  if (!query || !context.is_instance(query, "sqlalchemy.orm.Query")) return {{}, "the statement stands elsewhere"};
  const Node rows = outside_parentheses(call);
  const auto replaced = [&](Node what, std::string content) {
    return Fixes{{fixes::make_fix(fmt::format("Ask for {} only", report.variant == kCount ? "the number" : "one row"),
                                  fixes::Applicability::unsafe,
                                  {fixes::replace(context.file(), context.place(what), std::move(content))})},
                 ""};
  };
  if (report.variant == kCount) return replaced(len_round(rows, context), fmt::format("{}.count()", query.text()));
  if (report.variant == kLocal) return {{}, "the rows have a name"};
  const Node negation = rows.parent().is(Kind::not_operator) ? rows.parent() : Node();
  return negation ? replaced(negation, fmt::format("{}.first() is None", query.text()))
                  : replaced(rows, fmt::format("{}.first() is not None", query.text()));
}

}  // namespace
}  // namespace surefoot::rules

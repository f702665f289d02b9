#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/failed_commits.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule no_rollback_on_error;
const Rule no_rollback_on_error{
    .code = "FLK108",
    .name = "no-rollback-on-error",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"commit"}); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// `db.session`, by its type; where that is not known, by its name in a file that uses Flask.
bool is_session(Node object, Context& context) {
  if (context.is_instance(object, "flask_sqlalchemy.session.Session")) return true;
  if (!context.type_of(object).empty() || !imports_flask(context)) return false;
  return object.text() == "db.session" || object.text().ends_with(".db.session");
}

bool is_database_error(Node named, Context& context) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "SQLAlchemyError", "IntegrityError", "OperationalError",    "DBAPIError", "DatabaseError",  "DataError",
      "StatementError",  "InternalError",  "InvalidRequestError", "FlushError", "StaleDataError", "ProgrammingError"};
  const Type* type = semantics::only(context.type_of(named));
  if (type != nullptr && type->tag == Type::Tag::object && type->name.starts_with("sqlalchemy.")) return true;
  return contains(kNames, last_name(named));
}

bool takes_database_errors(Node clause, Context& context) {
  if (takes_any_error(clause, context)) return true;
  const std::vector<Node> taken = taken_by(clause);
  return std::any_of(taken.begin(), taken.end(), [&](Node one) { return is_database_error(one, context); });
}

// What takes the failed transaction back, or leaves with an error, upon which the context's end does.
bool is_cure(Node node) {
  if (node.is(Kind::raise_statement)) return true;
  if (!node.is(Kind::call)) return false;
  static constexpr std::array<std::string_view, 9> kNames = {"rollback", "remove",     "close", "close_all", "abort",
                                                             "exit",     "invalidate", "_exit", "fail"};
  const std::string_view name = last_name(node);
  return contains(kNames, name) || has_word(name, {"rollback", "abort"});
}

bool has_cure(Node tree) {
  bool found = false;
  if (tree) for_each_own(tree, [&](Node node) { found = found || is_cure(node); });
  return found;
}

// The handler that takes the error of the call and goes on with the session as it is; null when there is none.
Node careless_handler(Node call, Context& context) {
  for (Node child = call, outer = call.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer) && child.field() == Field::body) return {};
    if (!outer.is(Kind::try_statement) || child.field() != Field::body) continue;
    const Node last = outer.child(Kind::finally_clause);
    if (last && has_cure(last)) return {};
    for (const Node clause : outer.children()) {
      if (!clause.is(Kind::except_clause) || !takes_database_errors(clause, context)) continue;
      if (!has_cure(block_of(clause))) return clause;
      if (takes_any_error(clause, context)) return {};
    }
  }
  return {};
}

// `if failed: db.session.rollback()` behind the `try`.
bool is_rolled_back_later(Node clause, Context& context) {
  const Node function = context.enclosing_function(clause);
  const Node code = function ? function : clause.ast().root();
  for (std::uint32_t i = clause.parent().after(); i < code.after(); ++i) {
    const Node node = code.ast().node(i);
    if (node.is(Kind::call) && last_name(node) == "rollback") return true;
  }
  return false;
}

void check(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "commit") return;
  if (!is_session(function.child(Field::object), context)) return;
  const Node clause = careless_handler(call, context);
  if (!clause || is_rolled_back_later(clause, context) || !is_first_in_try(call, clause)) return;
  context.report(no_rollback_on_error, call,
                 fmt::format("When `{}` fails, the handler goes on without `rollback()`: the session refuses all that "
                             "follows",
                             function.text()));
}

// Not when a function that the handler calls does it.
bool confirm(const Report& report, Context& context) {
  const Node clause = careless_handler(context.unit().unit->ast.node(report.node), context);
  const Node block = block_of(clause);
  for (std::uint32_t i = block.index(); block && i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    const auto run = node.is(Kind::call) ? run_at(node, context) : std::nullopt;
    if (run && any_in_run(*run, context, [](Node inner, Context&, bool) { return is_cure(inner); })) return false;
  }
  return true;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  return roll_back_in(careless_handler(call, context), call, context);
}

}  // namespace
}  // namespace surefoot::rules

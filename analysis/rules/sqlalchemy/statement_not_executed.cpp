#include <fmt/format.h>

#include <array>

#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule statement_not_executed;
const Rule statement_not_executed{
    .code = "SQA118",
    .name = "statement-not-executed",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_in("sqlalchemy.") || callee.is_in("flask_sqlalchemy.") || callee.is_in("sqlmodel.");
        },
};

namespace {

// "delete" of a sqlalchemy.Delete; empty for what is no statement.
std::string_view statement_made(Node call, Context& context) {
  const Type* type = semantics::only(context.type_of(call));
  if (type == nullptr || type->tag != Type::Tag::instance) return {};
  struct Statement {
    std::string_view name;
    std::string_view what;
  };
  static constexpr std::array<Statement, 4> kStatements = {{{"sqlalchemy.Delete", "delete"},
                                                            {"sqlalchemy.Update", "update"},
                                                            {"sqlalchemy.Insert", "insert"},
                                                            {"sqlalchemy.Select", "select"}}};
  for (const Statement& one : kStatements) {
    if (type->name == one.name) return one.what;
  }
  return context.resolver().is_subclass(type->name, "sqlalchemy.orm.Query") ? "query" : std::string_view();
}

// `stmt = stmt.where(…)`: the last of several steps.
bool is_step_of(Node call, Node target) {
  Node object = call.child(Field::function);
  while (object.is(Kind::attribute) || object.is(Kind::call)) {
    object = object.is(Kind::call) ? object.child(Field::function) : object.child(Field::object);
  }
  return object.text() == target.text();
}

// `add = table.insert()`: a name for later, which says nothing of rows yet.
bool says_nothing_yet(std::string_view what, Node call) {
  return (what == "insert" || what == "select") && written_name(call) == what;
}

std::string message_for(std::string_view what, Node call, const ValueUse& use) {
  const std::string_view method = written_name(call);
  if (use.fate == Fate::discarded && call.child(Field::function).is(Kind::attribute) &&
      call.child(Field::function).child(Field::object).is(Kind::identifier)) {
    return fmt::format("The result of `{}` is dropped: it gives a new statement, and the old one stays as it was",
                       method);
  }
  if (what == "query") return "This query is built and never run: nothing asks it for its rows";
  return fmt::format("This `{}` is built and never executed: hand it to `session.execute(…)`", what);
}

void check(Node call, Context& context) {
  if (call.parent().is(Kind::attribute)) return;
  const std::string_view what = statement_made(call, context);
  if (what.empty()) return;
  const ValueUse use = value_use(call, context);
  if (use.fate == Fate::used) return;
  if (use.fate == Fate::never_read &&
      (says_nothing_yet(what, call) || use.target.text().starts_with('_') || is_step_of(call, use.target)))
    return;
  context.report(statement_not_executed, call, message_for(what, call, use));
}

}  // namespace
}  // namespace surefoot::rules

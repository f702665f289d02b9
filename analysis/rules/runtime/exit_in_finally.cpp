#include <fmt/format.h>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node statement, Context& context);

}  // namespace

extern const Rule exit_in_finally;
const Rule exit_in_finally{
    .code = "RT227",
    .name = "exit-in-finally",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::return_statement, Kind::break_statement, Kind::continue_statement},
    .check = check,
    .in_tests = true,
};

namespace {

bool is_loop(Node node) { return node.is(Kind::for_statement) || node.is(Kind::while_statement); }

// True when the statement takes control out of a `finally` of its own function.
bool leaves_finally(Node statement) {
  const bool returns = statement.is(Kind::return_statement);
  for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::finally_clause)) return true;
    if (outer.is(Kind::function_definition) || outer.is(Kind::class_definition)) return false;
    // The `else` of a loop is no part of it.
    if (!returns && is_loop(outer) && child.field() == Field::body) return false;
  }
  return false;
}

std::string_view keyword(Node statement) {
  if (statement.is(Kind::return_statement)) return "return";
  return statement.is(Kind::break_statement) ? "break" : "continue";
}

void check(Node statement, Context& context) {
  if (!leaves_finally(statement)) return;
  context.report(
      exit_in_finally, statement,
      fmt::format("`{}` in `finally` swallows the exception or cancellation that is on its way", keyword(statement)));
}

}  // namespace
}  // namespace surefoot::rules

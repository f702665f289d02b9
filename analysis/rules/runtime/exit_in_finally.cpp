#include <fmt/format.h>

#include "analysis/rules/walk.hpp"

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

std::string_view keyword(Node statement) {
  if (statement.is(Kind::return_statement)) return "return";
  return statement.is(Kind::break_statement) ? "break" : "continue";
}

void check(Node statement, Context& context) {
  if (!finally_left_by(statement)) return;
  context.report(
      exit_in_finally, statement,
      fmt::format("`{}` in `finally` swallows the exception or cancellation that is on its way", keyword(statement)));
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/sent_calls.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule side_effect_in_signal;
const Rule side_effect_in_signal{
    .code = "DJG107",
    .name = "side-effect-in-signal",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_send(callee) || callee.may_run_project(); },
    .fix = send_after_commit,
};

namespace {

void ask(Node call, Context& context) {
  const auto run = run_at(call, context);
  if (!run || run->function->is_async) return;
  const Node name = call.child(Field::function);
  Question& question =
      context.ask(side_effect_in_signal, call, {run->unit, run->function},
                  fmt::format("`{}` sends something while the row is written, perhaps in a transaction that is rolled "
                              "back; `transaction.on_commit` waits for the commit",
                              name.text()));
  question.report.span = name.span();
  question.effects = {"DJG106"};  // which notes what sends
}

void check(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (context.scope_of(call) != Scope::function || atomic_around(call, context)) return;  // DJG106 says so
  if (!receives_model_signal(function, context)) return;
  const auto sent = sent_by(call, context);
  if (!sent) return ask(call, context);
  context
      .report(side_effect_in_signal, call,
              fmt::format("`{}` runs while the row is written, perhaps in a transaction that is rolled back; "
                          "`transaction.on_commit` waits for the commit",
                          *sent))
      .span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

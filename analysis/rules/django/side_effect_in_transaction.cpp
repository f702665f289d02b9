#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/sent_calls.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule side_effect_in_transaction;
const Rule side_effect_in_transaction{
    .code = "DJG106",
    .name = "side-effect-in-transaction",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_send(callee) || callee.may_run_project(); },
    .fix = send_after_commit,
    .notes = true,
};

namespace {

// `requests.get`
bool only_asks(std::string_view name) {
  return name.ends_with(".get") || name.ends_with(".head") || name.ends_with(".options");
}

void check(Node call, Context& context) {
  const auto sent = sent_by(call, context);
  const bool atomic = static_cast<bool>(atomic_around(call, context));
  if (!sent && atomic) {
    ask_whether_sent(side_effect_in_transaction, call,
                     "sends something inside the transaction, which a rollback does not take back; "
                     "`transaction.on_commit` waits for the commit",
                     context);
  }
  if (!sent) return;
  if (!atomic) {
    // What a lambda sends is sent when somebody calls it: `on_commit(lambda: …)`.
    if (context.scope_of(call) == Scope::function) context.note(side_effect_in_transaction, call, *sent, "sends");
    return;
  }
  if (context.in_coroutine(call)) return;  // DJG120: there is no transaction
  context
      .report(side_effect_in_transaction, call,
              only_asks(*sent) ? fmt::format("`{}` waits for the network while the transaction is open and keeps its "
                                             "locks: ask before it begins",
                                             *sent)
                               : fmt::format("`{}` inside the transaction: a rollback does not take it back, and it "
                                             "may be served before the commit. `transaction.on_commit` waits for that",
                                             *sent))
      .span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/sent_calls.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

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
    .confirm = confirm,
};

namespace {

// `def saved(sender, **kwargs)` with no decorator that connects it.
bool may_be_connected(Node function, Context& context) {
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  if (model == nullptr || model->parameters.size() < 2) return false;
  const std::size_t first = model->parameters.front().name == "self" ? 1 : 0;
  return model->parameters[first].name == "sender" &&
         model->parameters.back().kind == semantics::Parameter::Kind::keywords;
}

void check(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (context.scope_of(call) != Scope::function) return;
  if (!receives_model_signal(function, context) && !may_be_connected(function, context)) return;
  if (atomic_around(call, context)) return;  // DJG106 says so
  const auto sent = sent_by(call, context);
  if (!sent) {
    return ask_whether_sent(side_effect_in_signal, call,
                            "sends something while the row is written, perhaps in a transaction that is rolled back; "
                            "`transaction.on_commit` waits for the commit",
                            context);
  }
  context
      .report(side_effect_in_signal, call,
              fmt::format("`{}` runs while the row is written, perhaps in a transaction that is rolled back; "
                          "`transaction.on_commit` waits for the commit",
                          *sent))
      .span = call.child(Field::function).span();
}

// `post_save.connect(function)`
bool confirm(const Report& report, Context& context) {
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  if (receives_model_signal(function, context)) return true;
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return false;
  bool connected = false;
  for_each_name_of(*model, context, [&](Node place, Context& inside) {
    const Node call = place.parent().is(Kind::argument_list) ? place.parent().parent() : Node();
    const Node method = call.child(Field::function);
    connected = connected || (method.is(Kind::attribute) && method.child(Field::attribute).text() == "connect" &&
                              is_model_signal(method.child(Field::object), inside));
  });
  return connected;
}

}  // namespace
}  // namespace surefoot::rules

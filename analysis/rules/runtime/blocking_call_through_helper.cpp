#include "analysis/fixes/offload.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

Fixes fix(const Report& report, Context& context);

}  // namespace

// What calls of functions lead to is known to project/effects; engine/raise.cpp makes this rule's reports.
extern const Rule blocking_call_through_helper;
const Rule blocking_call_through_helper{
    .code = "RT102",
    .name = "blocking-call-through-helper",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {},
    .fix = fix,
};

namespace {

// True where the value of the call is entered or run through: that would have to move to the thread as well.
bool is_used_on_the_loop(Node call) {
  Node outer = call.parent();
  while (outer.is(Kind::parenthesized_expression) || outer.is(Kind::as_pattern)) outer = outer.parent();
  return outer.is(Kind::with_item) ||
         ((outer.is(Kind::for_statement) || outer.is(Kind::for_in_clause)) && call.field() == Field::right);
}

// Of every call whose callee has an effect, whichever rule speaks of that.
Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (!call.is(Kind::call)) return {{}, "only a call can be run in a thread"};
  if (report.rule->code == "RT114") return {};  // its steps come when somebody runs through it
  if (is_used_on_the_loop(call)) return {{}, "what is done with its value has to move along"};
  return fixes::offload_call(context.file(), context.place(call));
}

}  // namespace
}  // namespace surefoot::rules

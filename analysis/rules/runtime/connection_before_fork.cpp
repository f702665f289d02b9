#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/import_time.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
bool matters_at(const Report& report, Context& context);

}  // namespace

extern const Rule connection_before_fork;
const Rule connection_before_fork{
    .code = "RT302",
    .name = "connection-before-fork",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .fix = make_lazy,
    .confirm = may_be_imported,
    .rises = true,
    .matters_at = matters_at,
};

namespace {

// What a forked worker must not share with its parent: "" for nothing.
std::string_view what(Node call, const Type& callee) {
  static constexpr std::array<std::string_view, 2> kLoops = {"asyncio.new_event_loop", "uvloop.new_event_loop"};
  if (std::find(kLoops.begin(), kLoops.end(), callee.name) != kLoops.end()) return "makes an event loop";
  if (callee.callable == nullptr || callee.callable->is_async) return {};
  const Effect effects = effects_of(call, *callee.callable);
  if (any(effects & Effect::queries_orm)) return {};
  if (any(effects & Effect::opens_connection)) return "opens a connection";
  return any(effects & Effect::starts_thread) ? "starts a thread" : std::string_view();
}

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope == Scope::coroutine) return;
  if (!context.may_run_on_loop(call) && !runs_at_import(call, context)) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return;
  const std::string_view effect = what(call, *callee);
  if (effect.empty()) return;
  Report& report =
      context.report(connection_before_fork, call,
                     fmt::format("`{}` {} when the module is imported: workers that are forked afterwards share it",
                                 callee->name, effect));
  report.span = call.child(Field::function).span();
  report.subject = callee->name;
  report.effect = effect;
}

bool matters_at(const Report& report, Context& context) {
  return runs_at_import(context.unit().unit->ast.node(report.node), context);
}

}  // namespace
}  // namespace surefoot::rules

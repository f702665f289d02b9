#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/clients.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/rules/shared_by_fork.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool matters_at(const Report& report, Context& context);
bool connects_later(std::string_view name);

}  // namespace

extern const Rule connection_before_fork;
const Rule connection_before_fork{
    .code = "RT302",
    .name = "connection-before-fork",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.blocks() || callee.is_in("asyncio.") || callee.is_in("uvloop.") || connects_later(callee.name);
        },
    .fix = make_lazy,
    .confirm = is_imported_by_workers,
    .rises = true,
    .matters_at = matters_at,
};

namespace {

// Engines, pools and clients that connect when they are first used: `create_engine`, `redis.Redis()`, `boto3.client`.
bool connects_later(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kLibraries = {
      "sqlalchemy.", "sqlmodel.", "redis.", "boto3.", "botocore.", "mysql.connector.pooling."};
  return std::any_of(kLibraries.begin(), kLibraries.end(), [&](auto library) { return name.starts_with(library); }) &&
         makes_shared_client(name);
}

// One that is kept for all requests. Serverless platforms do not fork, and RT502 asks for it there.
void report_lazy(Node call, const Type& callee, Context& context) {
  const bool kept = call.parent().is(Kind::assignment) && call.field() == Field::right;
  if (!context.strict() || !kept || !connects_later(callee.name)) return;
  if (!runs_at_import(call, context) || is_serverless(context)) return;
  Report& report =
      context.report(connection_before_fork, call,
                     fmt::format("`{}` is made when the module is imported: it connects when it is first used, and "
                                 "workers that are forked after that share its connections",
                                 callee.name));
  report.severity = Severity::information;
  report.span = call.child(Field::function).span();
}

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope == Scope::coroutine || is_test_path(context.path())) return;
  if (!context.may_run_on_loop(call) && !runs_at_import(call, context)) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return;
  const std::string_view effect = shared_by_fork(call, context);
  if (effect.empty()) return report_lazy(call, *callee, context);
  if (runs_at_import(call, context) && is_task_module(context)) return;  // CEL110
  Report& report =
      context.report(connection_before_fork, call,
                     fmt::format("`{}` {} when the module is imported: workers that are forked afterwards share it",
                                 callee->name, effect));
  report.span = call.child(Field::function).span();
  report.subject = callee->name;
  report.effect = effect;
}

bool matters_at(const Report& report, Context& context) {
  return !is_test_path(context.path()) && runs_at_import(context.unit().unit->ast.node(report.node), context);
}

}  // namespace
}  // namespace surefoot::rules

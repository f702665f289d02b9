#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/database_urls.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

bool makes_engine(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object &&
         (callee->name == "sqlalchemy.create_engine" || callee->name == "sqlalchemy.ext.asyncio.create_async_engine");
}

// Only a pool that keeps connections can hand out dead ones; a pool that is not known may be of the other kind.
bool keeps_connections(Node call) {
  if (argument(call, "pool") || argument(call, "strategy")) return false;
  const Node pool = without_parentheses(argument(call, "poolclass"));
  if (!pool || pool.is(Kind::none)) return true;
  return (pool.is(Kind::identifier) || pool.is(Kind::attribute)) && last_part(pool.text()).ends_with("QueuePool");
}

// Arguments that only SQLite's driver takes.
bool has_sqlite_arguments(Node call) {
  const Node connect = argument(call, "connect_args");
  const Node creator = argument(call, "creator");
  const bool literal = connect.is(Kind::dictionary) || connect.is(Kind::call);
  return (literal && connect.text().find("check_same_thread") != std::string_view::npos) ||
         (creator && creator.text().find("sqlite3") != std::string_view::npos);
}

// `if url.startswith("sqlite"):` round the call, or the `else` of its negation.
bool in_sqlite_branch(Node call) {
  for (Node child = call, at = call.parent(); at; child = at, at = at.parent()) {
    if (at.is(Kind::function_definition)) return false;
    const bool otherwise = child.is(Kind::else_clause) || child.is(Kind::elif_clause) ||
                           (at.is(Kind::conditional_expression) && child == at.last_child());
    Node condition = at.child(Field::condition);
    if (at.is(Kind::conditional_expression)) condition = at.first_child().next_sibling();
    if (!condition || condition == child) continue;
    const std::string_view text = condition.text();
    if (text.find("sqlite") == std::string_view::npos && text.find("SQLITE") == std::string_view::npos) continue;
    const bool negated = text.find("not ") != std::string_view::npos || text.find("!=") != std::string_view::npos;
    if (negated == otherwise) return true;
  }
  return false;
}

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule no_pre_ping;
const Rule no_pre_ping{
    .code = "SQA107",
    .name = "no-pre-ping",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_one_of({"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine"});
}

void check(Node call, Context& context) {
  if (!makes_engine(call, context) || has_splat(call) || argument(call, "pool_pre_ping")) return;
  if (!keeps_connections(call) || has_sqlite_arguments(call) || in_sqlite_branch(call)) return;
  if (is_serverless(context) || context.module().imports("alembic.context")) return;
  const Node name = call.child(Field::function);
  context
      .report(no_pre_ping, call,
              "`" + std::string(last_part(name.text())) +
                  "` without `pool_pre_ping=True` hands out dead connections after a restart or an idle time")
      .span = name.span();
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node url = argument(call, "url", 0);
  return url && !is_embedded_url(url, context);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  return {{fixes::make_fix("Add `pool_pre_ping=True`", fixes::Applicability::safe,
                           {fixes::add_argument(context.file(), call, "pool_pre_ping=True")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

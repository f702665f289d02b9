#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/literal_sources.hpp"
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

bool is_embedded(const Source& source, Context& context, int depth);

bool all_embedded(const Source& value, Context& context, int depth) {
  const std::vector<Source> sources = sources_of(value, context);
  return !sources.empty() && std::all_of(sources.begin(), sources.end(),
                                         [&](const Source& one) { return is_embedded(one, context, depth + 1); });
}

// `"sqlite:///{}".format(x)`, `URL.create("sqlite", …)`, `make_url("sqlite://")`.
bool is_embedded_call(const Source& source, Context& context, int depth) {
  const Node function = source.node.child(Field::function);
  const std::string_view name = last_part(function.text());
  if (function.is(Kind::attribute) && name == "format") {
    return all_embedded({source.unit, function.child(Field::object)}, context, depth);
  }
  if (name != "create" && name != "URL" && name != "make_url" && name != "str") return false;
  Node first = argument(source.node, "drivername", 0);
  if (!first) first = argument(source.node, "name_or_url");
  return first && all_embedded({source.unit, first}, context, depth);
}

// True for a URL of a database that lives in the process, by its literal beginning.
bool is_embedded(const Source& source, Context& context, int depth) {
  if (depth > 8) return false;
  switch (source.node.kind()) {
    case Kind::concatenated_string:
      return is_embedded({source.unit, source.node.first_child()}, context, depth + 1);
    case Kind::string: {
      const Node first = source.node.first_child();
      if (first.is(Kind::interpolation)) {
        return all_embedded({source.unit, first.first_child()}, context, depth);
      }
      return first && (first.text().starts_with("sqlite") || first.text().starts_with("duckdb"));
    }
    case Kind::binary_operator:
      return all_embedded({source.unit, source.node.child(Field::left)}, context, depth);
    case Kind::call:
      return is_embedded_call(source, context, depth);
    default:
      return false;
  }
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
  return url && !all_embedded({&context.unit(), url}, context, 0);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  return {{fixes::make_fix("Add `pool_pre_ping=True`", fixes::Applicability::safe,
                           {fixes::add_argument(context.file(), call, "pool_pre_ping=True")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

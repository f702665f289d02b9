#include <fmt/format.h>

#include <array>

#include "analysis/rules/mentions.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule pool_not_disposed;
const Rule pool_not_disposed{
    .code = "SQA115",
    .name = "pool-not-disposed",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kStartup = 0;
constexpr int kModule = 1;

constexpr std::array<std::string_view, 6> kMakers = {
    "sqlalchemy.create_engine",    "sqlalchemy.ext.asyncio.create_async_engine", "asyncpg.create_pool",
    "psycopg_pool.ConnectionPool", "psycopg_pool.AsyncConnectionPool",           "aiomysql.create_pool"};

// Applications that tell when they stop.
constexpr std::array<std::string_view, 7> kApplications = {
    "fastapi.FastAPI",       "starlette.applications.Starlette", "quart.Quart",
    "litestar.Litestar",     "aiohttp.web.Application",          "sanic.Sanic",
    "blacksheep.Application"};

bool concerns(const Callee& callee) { return callee.of == Callee::Of::library && contains(kMakers, callee.name); }

// What the pool is bound to: `engine`, `app.state.engine`; null when it is bound to nothing.
Node target_of(Node call) {
  Node value = call;
  while (value.parent().is(Kind::await) || value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node target = value.parent().is(Kind::assignment) ? value.parent().child(Field::left) : Node();
  return target.is(Kind::identifier) || target.is(Kind::attribute) ? target : Node();
}

// `sqlite://` keeps no server busy, and a NullPool nothing at all.
bool keeps_nothing(Node call) {
  const Node pool = argument(call, "poolclass");
  const Node url = argument(call, "url", 0);
  return (pool && pool.text().ends_with("NullPool")) || (url && url.text().find("sqlite") != std::string_view::npos);
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !contains(kMakers, callee->name)) return;
  const Node target = target_of(call);
  if (!target || keeps_nothing(call)) return;
  const Node function = context.enclosing_function(call);
  const bool at_top = !function && context.scope_of(call) == Scope::module && !is_under_main_guard(call);
  if (function ? !in_startup_code(call, context) : !at_top) return;
  if (function && (is_on_shutdown_path(call, context) || has_word(function.child(Field::name).text(), {"main"}))) {
    return;
  }
  const std::string_view method = callee->name.ends_with("_engine") ? "dispose" : "close";
  Report& report = context.report(
      pool_not_disposed, call,
      fmt::format("Nothing calls `{}.{}()` when the application stops: its connections are cut off, and the server "
                  "finds out later",
                  target.text(), method));
  report.span = call.child(Field::function).span();
  report.variant = function ? kStartup : kModule;
}

// ---- confirm

bool says_close(std::string_view name) {
  return has_word(name, {"close", "aclose", "dispose", "terminate", "shutdown", "stop", "cleanup", "teardown",
                         "disconnect", "closeall", "exit", "release"});
}

// `engine.dispose`, called or handed on; `async with pool:`; `close(engine)`.
bool closes(Node mention) {
  const Node parent = mention.parent();
  if (parent.is(Kind::attribute)) return says_close(parent.child(Field::attribute).text());
  if (parent.is(Kind::with_item) || parent.is(Kind::as_pattern)) return true;
  const Node list = parent.is(Kind::keyword_argument) ? parent.parent() : parent;
  const Node call = list.is(Kind::argument_list) ? list.parent() : Node();
  return call.is(Kind::call) && (says_close(last_name(call)) || last_name(call).starts_with("enter_"));
}

bool is_closed(Node target, Context& context) {
  bool closed = false;
  for_each_identifier(last_name(target), context, [&](Node identifier, Context&) {
    const Node place = whole_name(identifier);
    closed = closed || (place && closes(place));
  });
  return closed;
}

// `await shutdown_database()`, `container.close()` where the application stops: it may dispose of everything.
bool may_be_closed_by_helper(Context& context) {
  bool found = false;
  for_each_unit(context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after() && !found; ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::call) || !inside.enclosing_function(node) || !is_on_shutdown_path(node, inside)) continue;
      const Type* callee = inside.callee(node);
      const bool of_library = callee != nullptr && callee->tag == Type::Tag::object && callee->function == nullptr &&
                              callee->callable != nullptr;
      found = !of_library && says_close(last_name(node));
    }
  });
  return found;
}

bool makes_application(Context& context) {
  bool found = false;
  for (const std::string_view name : kApplications) {
    const std::string_view last = name.substr(name.rfind('.') + 1);
    found = found || any_unit_with(last, context, [&](Node root, Context& inside) {
              for (std::uint32_t i = root.index(); i < root.after(); ++i) {
                const Node node = root.ast().node(i);
                if (node.is(Kind::call) && written_name(node) == last && inside.calls(node, name)) return true;
              }
              return false;
            });
  }
  return found;
}

bool confirm(const Report& report, Context& context) {
  const Node target = target_of(context.unit().unit->ast.node(report.node));
  if (report.variant == kModule && !makes_application(context)) return false;
  return !is_closed(target, context) && !may_be_closed_by_helper(context);
}

}  // namespace
}  // namespace surefoot::rules

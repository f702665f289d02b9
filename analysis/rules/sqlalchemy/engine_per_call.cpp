#include <fmt/format.h>

#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/made_anew.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/web_handlers.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule engine_per_call;
const Rule engine_per_call{
    .code = "SQA108",
    .name = "engine-per-call",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kServed = 0;   // by its declaration
constexpr int kFactory = 1;  // gives what it makes to its caller
constexpr int kLocal = 2;    // keeps it to itself

constexpr std::array<std::string_view, 12> kMakers = {"sqlalchemy.create_engine",
                                                      "sqlalchemy.ext.asyncio.create_async_engine",
                                                      "sqlalchemy.engine_from_config",
                                                      "sqlalchemy.ext.asyncio.async_engine_from_config",
                                                      "sqlalchemy.orm.sessionmaker",
                                                      "sqlalchemy.ext.asyncio.async_sessionmaker",
                                                      "asyncpg.create_pool",
                                                      "psycopg_pool.ConnectionPool",
                                                      "psycopg_pool.AsyncConnectionPool",
                                                      "psycopg2.pool.SimpleConnectionPool",
                                                      "psycopg2.pool.ThreadedConnectionPool",
                                                      "aiomysql.create_pool"};

bool concerns(const Callee& callee) { return callee.of == Callee::Of::library && contains(kMakers, callee.name); }

// ---- functions that are there to run once

bool runs_once_by_name(std::string_view name) {
  return (name.starts_with("__") && name.ends_with("__") && name != "__call__") ||
         has_word(name, {"setup",   "init",     "initialize", "initialise", "configure", "bootstrap",  "start",
                         "startup", "lifespan", "connect",    "create_app", "migrate",   "migrations", "main",
                         "run",     "serve",    "seed",       "tables",     "upgrade",   "downgrade",  "backup",
                         "restore", "reset",    "populate",   "finalise"}) ||
         name.find("create_app") != std::string_view::npos || name.find("make_app") != std::string_view::npos;
}

// A decorator that may keep what the function gives: `@lru_cache`, `@cached_property`, one that is not known.
bool may_be_cached(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return true;
  for (const semantics::TermId decorator : model->decorators) {
    const Type* type = semantics::only(context.resolver().type_of(context.unit(), decorator));
    const bool manager = type != nullptr &&
                         (type->name == "contextlib.contextmanager" || type->name == "contextlib.asynccontextmanager");
    const bool known = semantics::facts_of_decorator(context.unit(), decorator, context.resolver()) != nullptr;
    const bool method =
        type != nullptr && (type->name == "staticmethod" || type->name == "classmethod" || type->name == "property");
    if (!manager && !known && !method && !is_route(*model, context)) return true;
  }
  return false;
}

// ---- what becomes of it

bool is_given(Node value) {
  while (value.parent().is(Kind::parenthesized_expression) || value.parent().is(Kind::await) ||
         value.parent().is(Kind::tuple) || value.parent().is(Kind::expression_list)) {
    value = value.parent();
  }
  return value.parent().is(Kind::return_statement) || value.parent().is(Kind::yield);
}

bool is_put_away(Node use) {
  const Node parent = use.parent();
  if (parent.is(Kind::assignment) && use.field() == Field::right)
    return !parent.child(Field::left).is(Kind::identifier);
  return parent.is(Kind::pair) || parent.is(Kind::dictionary) || parent.is(Kind::list) || parent.is(Kind::lambda);
}

enum class Life : std::uint8_t { local, given, kept };

// How long what the call makes lives, by what the function does with it.
Life life_of(Node call, const Dependence& names) {
  if (is_kept(call, names)) return Life::kept;
  if (is_given(call)) return Life::given;
  Node value = call;
  while (value.parent().is(Kind::await) || value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node target = value.parent().is(Kind::assignment) ? value.parent().child(Field::left) : Node();
  const std::uint32_t number = target ? names.names().find(target) : LocalNames::kNone;
  if (number == LocalNames::kNone) return Life::local;
  Life life = Life::local;
  for (const Node read : names.names().local(number).reads) {
    if (is_put_away(read)) return Life::kept;
    if (is_given(read)) life = Life::given;
  }
  return life;
}

// `engine.dispose()`: somebody means to have it for this call only.
bool is_disposed_here(Node function) {
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::call)) return;
    const std::string_view method = node.child(Field::function).child(Field::attribute).text();
    found = found || method == "dispose" || method == "closeall" || method == "terminate";
  });
  return found;
}

// A function that lasts as long as its service, or that sets a database up.
bool runs_once_by_code(Node function) {
  static constexpr std::array<std::string_view, 7> kCalls = {
      "create_all", "drop_all", "serve_forever", "run_forever", "serve", "start_consuming", "wait"};
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (node.is(Kind::while_statement)) {
      found = found || is_always_true(node.child(Field::condition)) || runs_until_stopped(node);
    }
    found = found || (node.is(Kind::call) && contains(kCalls, last_name(node)));
  });
  return found;
}

// A test whether it is there already, as in `if _engine is None:`.
bool is_memoised(Node call, Node function) {
  for (Node at = call.parent(); at && at != function; at = at.parent()) {
    if (at.is(Kind::if_statement) && at.child(Field::condition).text().find("None") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

bool makes_engine(Node function, Context& context) {
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    const Type* callee = node.is(Kind::call) ? context.callee(node) : nullptr;
    found = found || (callee != nullptr && callee->name.find("engine") != std::string_view::npos &&
                      contains(kMakers, callee->name));
  });
  return found;
}

bool is_served(Node function, Context& context) {
  return served_by_declaration(function, context) != Served::no ||
         run_by_declaration(function, context) == RunBy::consumer;
}

// `create_engine(self.url)`: the same in each call, unless it is put together from what the object has.
Dependence::Self self_of(Node call) {
  const Node url = argument(call, "url", 0);
  const bool named = url.is(Kind::attribute) && has_word(url.text(), {"url", "uri", "dsn", "settings", "config"});
  return named ? Dependence::Self::same : Dependence::Self::another;
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !contains(kMakers, callee->name)) return;
  const Node function = definition_round(call, context);
  if (!function || in_startup_code(call, context) || has_splat(call) || has_double_splat(call)) return;
  if (has_word(context.path(), {"testing"}) || is_migration_path(context.path()) ||
      context.module().imports("alembic.context"))
    return;
  const bool served = is_served(function, context);
  if (!served && runs_once_by_name(function.child(Field::name).text())) return;
  if (!served && is_on_shutdown_path(call, context)) return;
  if (may_be_cached(function, context) || is_memoised(call, function)) return;
  Dependence dependence(function, context, self_of(call));
  const Life life = life_of(call, dependence);
  if (life == Life::kept || dependence.depends(call)) return;
  if (callee->name.ends_with("sessionmaker") && makes_engine(function, context)) return;
  if (!served && life == Life::local && (is_disposed_here(function) || runs_once_by_code(function))) return;
  const bool factory = callee->name.ends_with("sessionmaker");
  const std::string_view why =
      factory ? "the same factory could serve all calls" : "each call opens a pool and connections of its own";
  Report& report = context.report(engine_per_call, call,
                                  fmt::format("`{}` runs anew with each call of `{}`: {}; make it once",
                                              written_name(call), function.child(Field::name).text(), why));
  report.span = call.child(Field::function).span();
  report.variant = served ? kServed : (life == Life::given || factory ? kFactory : kLocal);
}

// ---- confirm

bool is_of_program(Node function, Context& inside) {
  if (!function.is(Kind::function_definition)) return false;
  const Node body = function.child(Field::body);
  if (in_startup_code(body, inside) || runs_once_by_name(function.child(Field::name).text())) return true;
  const semantics::Function* model = inside.unit().function_at(function.index());
  if (model == nullptr) return false;
  for (const semantics::TermId decorator : model->decorators) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(inside.unit(), decorator, inside.resolver());
    if (facts != nullptr && facts->context == knowledge::Context::cli) return true;
  }
  return false;
}

// `engine = get_engine()` at the top of the file.
bool is_called_at_import(std::string_view name, Context& context) {
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && written_name(node) == name && !inside.enclosing_function(node)) return true;
    }
    return false;
  });
}

// True when a function of the file that may run often calls this factory and does not keep what it gets.
bool is_called_often(Node factory, Context& context) {
  const std::string_view name = factory.child(Field::name).text();
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::call) || written_name(node) != name) continue;
      const Node caller = definition_round(node, inside);
      if (!caller || is_of_program(caller, inside) || may_be_cached(caller, inside) || is_memoised(node, caller)) {
        continue;
      }
      if (life_of(node, Dependence(caller, inside)) == Life::local &&
          !is_reached_from(caller, Reach::calls, inside, is_of_program)) {
        return true;
      }
    }
    return false;
  });
}

// RT502 tells of those that a serverless platform invokes.
bool confirm(const Report& report, Context& context) {
  const Node function = definition_round(context.unit().unit->ast.node(report.node), context);
  if (!runs_after_startup(report, context) || runs_per_invocation(function, context)) return false;
  if (report.variant == kServed) return true;
  const bool served = is_reached_from(function, Reach::calls, context, [](Node one, Context& inside) {
    if (!one.is(Kind::function_definition)) return false;
    return served_by(one, inside) != Served::no || run_by_declaration(one, inside) == RunBy::consumer;
  });
  if (served) return true;
  if (is_called_at_import(function.child(Field::name).text(), context) || !may_be_imported(report, context))
    return false;
  if (report.variant == kFactory) return is_called_often(function, context);
  return !is_reached_from(function, Reach::calls, context, is_of_program);
}

}  // namespace
}  // namespace surefoot::rules

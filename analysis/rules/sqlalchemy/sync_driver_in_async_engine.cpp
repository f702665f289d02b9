#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/database_urls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sync_driver_in_async_engine;
const Rule sync_driver_in_async_engine{
    .code = "SQA109",
    .name = "sync-driver-in-async-engine",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library && is_engine_maker(callee.name); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kSyncDriver = 0;
constexpr int kAsyncDriver = 1;

struct Dialect {
  std::string_view name;
  std::string_view async_driver;
};

constexpr std::array<Dialect, 7> kDialects = {{{"postgresql", "asyncpg"},
                                               {"postgres", "asyncpg"},
                                               {"mysql", "aiomysql"},
                                               {"mariadb", "aiomysql"},
                                               {"sqlite", "aiosqlite"},
                                               {"oracle", "oracledb"},
                                               {"mssql", "aioodbc"}}};

const Dialect* dialect_of(std::string_view scheme) {
  const std::string_view name = scheme.substr(0, scheme.find('+'));
  const auto found =
      std::find_if(kDialects.begin(), kDialects.end(), [&](const Dialect& one) { return one.name == name; });
  return found != kDialects.end() ? &*found : nullptr;
}

// Those of `postgresql+psycopg` and `oracle+oracledb` work both ways, and are in neither list.
bool has_sync_driver(std::string_view scheme) {
  static constexpr std::array<std::string_view, 13> kDrivers = {
      "psycopg2", "pg8000",  "psycopg2cffi", "pymysql",  "mysqldb",   "mysqlconnector", "mariadbconnector",
      "pysqlite", "pymssql", "pyodbc",       "pygresql", "cx_oracle", "pysqlcipher"};
  const std::size_t plus = scheme.find('+');
  return dialect_of(scheme) != nullptr &&
         (plus == std::string_view::npos || contains(kDrivers, scheme.substr(plus + 1)));
}

bool has_async_driver(std::string_view scheme) {
  static constexpr std::array<std::string_view, 6> kDrivers = {"asyncpg", "aiosqlite", "aiomysql",
                                                               "asyncmy", "aioodbc",   "psycopg_async"};
  const std::size_t plus = scheme.find('+');
  return plus != std::string_view::npos && contains(kDrivers, scheme.substr(plus + 1));
}

// SQLAlchemy 1.4: `AsyncEngine(create_engine(url))`.
bool is_wrapped(Node call) {
  const Node outer = call.parent().is(Kind::argument_list) ? call.parent().parent() : Node();
  return outer.is(Kind::call) && written_name(outer) == "AsyncEngine";
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !is_engine_maker(callee->name)) return;
  for (const std::string_view other : {"creator", "async_creator", "module", "pool", "strategy"}) {
    if (argument(call, other)) return;
  }
  const Node url = argument(call, "url", 0);
  if (!url || is_wrapped(call)) return;
  const bool async = callee->name != "sqlalchemy.create_engine";
  const std::string_view what =
      async ? "`{}` needs an asynchronous driver, and its URL names a blocking one: it raises `InvalidRequestError`"
            : "`{}` with the URL of an asynchronous driver: the first query raises `MissingGreenlet`";
  Report& report =
      context.report(sync_driver_in_async_engine, call, fmt::format(fmt::runtime(what), written_name(call)));
  report.span = call.child(Field::function).span();
  report.variant = async ? kSyncDriver : kAsyncDriver;
}

Node url_of(const Report& report, Context& context) {
  return argument(context.unit().unit->ast.node(report.node), "url", 0);
}

bool confirm(const Report& report, Context& context) {
  const std::vector<UrlStart> starts = url_starts(url_of(report, context), context);
  const auto is_wrong = [&](const UrlStart& start) {
    return report.variant == kSyncDriver ? has_sync_driver(start.scheme()) : has_async_driver(start.scheme());
  };
  if (starts.empty() || !std::all_of(starts.begin(), starts.end(), is_wrong)) return false;
  return report.variant == kSyncDriver || !is_called("AsyncEngine", context);
}

// A constant that other code reads, too, may be meant for that.
bool is_used_here_only(Node url, Context& context) {
  if (!url.is(Kind::identifier)) return true;
  int mentions = 0;
  for_each_identifier(url.text(), context, [&](Node, Context&) { ++mentions; });
  return mentions <= 2;
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kSyncDriver) return {};
  const Node url = url_of(report, context);
  const std::vector<UrlStart> starts = url_starts(url, context);
  if (starts.size() != 1) return {{}, "the URL is written in several places"};
  const UrlStart& start = starts.front();
  const auto unit = unit_of(start.unit, context);
  if (!unit || !is_used_here_only(url, context)) return {{}, "other code uses the URL, too"};
  const Dialect* dialect = dialect_of(start.scheme());
  const std::string_view name = dialect->name == "postgres" ? "postgresql" : dialect->name;
  const std::string scheme = fmt::format("{}+{}", name, dialect->async_driver);
  const std::string content = scheme + std::string(start.text().substr(start.scheme().size()));
  return {{fixes::make_fix(fmt::format("Change the driver to `{}`", dialect->async_driver), fixes::Applicability::safe,
                           {fixes::replace(context.file(), {*unit, start.content}, content)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

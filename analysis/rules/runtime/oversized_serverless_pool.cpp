#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule oversized_serverless_pool;
const Rule oversized_serverless_pool{
    .code = "RT503",
    .name = "oversized-serverless-pool",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library; },
    .confirm = confirm,
};

namespace {

constexpr long long kMaxConnections = 2;

// A pool's arguments for its size, with what they are when not given.
struct Pool {
  std::string_view name;
  std::string_view size;
  int position;
  long long by_default;
};

constexpr std::array<Pool, 9> kPools = {{
    {"asyncpg.create_pool", "max_size", -1, 10},
    {"aiomysql.create_pool", "maxsize", 1, 10},
    {"aiopg.create_pool", "maxsize", -1, 10},
    {"psycopg_pool.ConnectionPool", "max_size", -1, 4},
    {"psycopg_pool.AsyncConnectionPool", "max_size", -1, 4},
    {"psycopg2.pool.SimpleConnectionPool", "maxconn", 1, 0},
    {"psycopg2.pool.ThreadedConnectionPool", "maxconn", 1, 0},
    {"mysql.connector.pooling.MySQLConnectionPool", "pool_size", 0, 5},
    {"pymongo.MongoClient", "maxPoolSize", -1, 0},
}};

// The literal value of an argument; what it is by default when it is not given, nothing when it cannot be told.
std::optional<long long> given(Node call, std::string_view name, int position, long long by_default) {
  const Node value = argument(call, name, position);
  if (!value) return by_default;
  return semantics::literal_int(without_parentheses(value));
}

bool is_local_database(Node call) {
  const Node url = argument(call, "url", 0);
  return url && url.text().find("sqlite") != std::string_view::npos;
}

// pool_size and max_overflow of QueuePool, the default pool (SQLAlchemy documentation, create_engine).
std::optional<long long> size_of_engine(Node call) {
  if (argument(call, "creator") || argument(call, "pool") || is_local_database(call)) return std::nullopt;
  const Node pool = argument(call, "poolclass");
  if (pool && !pool.text().ends_with("QueuePool")) return std::nullopt;
  const auto size = given(call, "pool_size", -1, 5);
  const auto overflow = given(call, "max_overflow", -1, 10);
  if (!size || !overflow) return std::nullopt;
  return *size == 0 || *overflow < 0 ? 1000 : *size + *overflow;
}

std::optional<long long> size_of(Node call, std::string_view name) {
  if (has_splat(call)) return std::nullopt;
  if (name == "sqlalchemy.create_engine" || name == "sqlalchemy.ext.asyncio.create_async_engine" ||
      name == "sqlmodel.create_engine") {
    return size_of_engine(call);
  }
  for (const Pool& pool : kPools) {
    if (pool.name == name) return given(call, pool.size, pool.position, pool.by_default);
  }
  return std::nullopt;
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return;
  const auto size = size_of(call, callee->name);
  if (!size || *size <= kMaxConnections) return;
  const std::string count = *size >= 1000 ? "any number of" : fmt::format("up to {}", *size);
  context
      .report(oversized_serverless_pool, call,
              fmt::format("Each instance of a serverless function serves one request at a time, and this pool opens {} "
                          "connections in each of them",
                          count))
      .span = call.child(Field::function).span();
}

bool confirm(const Report&, Context& context) { return has_serverless_handler(context); }

}  // namespace
}  // namespace surefoot::rules

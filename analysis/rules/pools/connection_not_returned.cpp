#include <fmt/format.h>

#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/open_ends.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

// Calls that take a connection out of a pool.
constexpr std::array<std::string_view, 12> kTakers = {"asyncpg.Pool.acquire",
                                                      "aiopg.Pool.acquire",
                                                      "aiomysql.Pool.acquire",
                                                      "asyncmy.Pool.acquire",
                                                      "psycopg_pool.ConnectionPool.getconn",
                                                      "psycopg_pool.AsyncConnectionPool.getconn",
                                                      "psycopg2.pool.AbstractConnectionPool.getconn",
                                                      "psycopg2.pool.SimpleConnectionPool.getconn",
                                                      "psycopg2.pool.ThreadedConnectionPool.getconn",
                                                      "mysql.connector.pooling.MySQLConnectionPool.get_connection",
                                                      "mariadb.ConnectionPool.get_connection",
                                                      "oracledb.ConnectionPool.acquire"};

}  // namespace

extern const Rule connection_not_returned;
const Rule connection_not_returned{
    .code = "POOL109",
    .name = "connection-not-returned",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library && contains(kTakers, callee.name); },
};

namespace {

bool takes_connection(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object && contains(kTakers, callee->name);
}

// `pool.release(conn)`, `pool.putconn(conn)`, `close_quietly(conn)`, `conn.close()`.
bool gives_back(Node call, std::string_view local) {
  const Node function = call.child(Field::function);
  const std::string_view name = last_name(call);
  const bool ending = has_word(name, {"release", "putconn", "put", "close", "aclose", "drop", "return", "free",
                                      "giveback", "checkin", "terminate", "discard", "cleanup", "dispose"});
  if (!ending) return false;
  if (function.is(Kind::attribute) && function.child(Field::object).text() == local) return true;
  return mentions(call.child(Field::arguments), local);
}

bool ends(Node tree, std::string_view local) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::call) && gives_back(node, local)) return true;
    if (!node.is(Kind::with_item) || !is_named_in(local, node)) continue;
    const Node value = without_parentheses(node.first_child());
    const bool uses_only = value.is(Kind::call) || value.is(Kind::as_pattern);
    if (!uses_only || value.text().find("closing") != std::string_view::npos) return true;
  }
  return false;
}

bool is_argument(Node use) {
  return use.parent().is(Kind::argument_list) ||
         (use.parent().is(Kind::keyword_argument) && use.field() == Field::value);
}

// Code that is given the connection and may keep it, or give it back later: a constructor, `stack.callback(f, conn)`.
bool may_keep(Node use) {
  const Node list = use.parent().is(Kind::keyword_argument) ? use.parent().parent() : use.parent();
  const std::string_view name = last_name(list.parent());
  const char first =
      name.empty() ? 'A'
                   : name[name.find_first_not_of('_') == std::string_view::npos ? 0 : name.find_first_not_of('_')];
  const bool constructs = first >= 'A' && first <= 'Z';
  return constructs || has_word(name, {"append", "add", "callback", "push", "set", "register", "partial", "setattr",
                                       "create", "start", "spawn", "insert"});
}

// True when somebody else may have it: returned, kept, named by a nested function.
bool is_handed_on(Node local, Node function, Context& context) {
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if ((node.is(Kind::global_statement) || node.is(Kind::nonlocal_statement)) && is_named_in(local.text(), node)) {
      return true;
    }
    if (!node.is(Kind::identifier) || node.text() != local.text() || node.field() == Field::attribute) continue;
    if (context.enclosing_function(node) != function) return true;
    if (is_binding_place(node)) continue;
    const Node parent = outside_parentheses(node).parent();
    if (is_argument(node)) {
      if (may_keep(node)) return true;
      continue;
    }
    static constexpr std::array<Kind, 10> kLooks = {
        Kind::attribute,        Kind::with_item,    Kind::as_pattern,          Kind::if_statement,
        Kind::while_statement,  Kind::not_operator, Kind::comparison_operator, Kind::interpolation,
        Kind::boolean_operator, Kind::yield};
    if (!contains(kLooks, parent.kind())) return true;
  }
  return false;
}

std::string message_for(Node local, OpenEnd end) {
  switch (end) {
    case OpenEnd::never:
      return fmt::format("`{}` never goes back to its pool: take it with a `with` block", local.text());
    case OpenEnd::on_return:
      return fmt::format(
          "`{}` does not go back to its pool on every way out of the function: take it with a `with` block",
          local.text());
    default:
      return fmt::format(
          "`{}` does not go back to its pool when an exception comes before it is released: take it with "
          "a `with` block, or release it in a `finally`",
          local.text());
  }
}

// A pool that the function makes for itself is closed as a whole.
bool is_of_own_pool(Node call, Context& context) {
  const Node pool = call.child(Field::function).child(Field::object);
  return pool.is(Kind::identifier) && only_value_of(pool, context);
}

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if ((scope != Scope::function && scope != Scope::coroutine) || !takes_connection(call, context)) return;
  if (is_of_own_pool(call, context)) return;
  const Node value = call.parent().is(Kind::await) ? call.parent() : call;
  const Node local = local_bound_to(value);
  const Node function = context.enclosing_function(call);
  if (!local || is_handed_on(local, function, context)) return;
  const EndsIt ends_it = [&](Node tree) { return ends(tree, local.text()); };
  const auto end = open_end(local, outside_parentheses(value).parent().parent(), ends_it, context);
  if (!end) return;
  context.report(connection_not_returned, call, message_for(local, *end)).span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

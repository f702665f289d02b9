#include <fmt/format.h>

#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/open_ends.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

// What holds connections until somebody closes it, and says so: a warning of its own, or an `async` close.
constexpr std::array<std::string_view, 14> kClients = {"aiohttp.ClientSession",
                                                       "httpx.AsyncClient",
                                                       "httpx.Client",
                                                       "asyncpg.create_pool",
                                                       "asyncpg.connect",
                                                       "aiopg.create_pool",
                                                       "aiomysql.create_pool",
                                                       "psycopg_pool.ConnectionPool",
                                                       "psycopg_pool.AsyncConnectionPool",
                                                       "redis.asyncio.Redis",
                                                       "redis.asyncio.from_url",
                                                       "redis.asyncio.cluster.RedisCluster",
                                                       "elasticsearch.AsyncElasticsearch",
                                                       "opensearchpy.AsyncOpenSearch"};

}  // namespace

extern const Rule client_never_closed;
const Rule client_never_closed{
    .code = "POOL102",
    .name = "client-never-closed",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.of == Callee::Of::library && contains(kClients, callee.name); },
    .confirm = confirm,
};

namespace {

// `self._http` of `self._http = AsyncClient()`, `await`, parentheses and `given or AsyncClient()` aside.
Node attribute_for(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression) || value.parent().is(Kind::await)) value = value.parent();
  const Node assignment = value.parent();
  const Node target = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  return target.is(Kind::attribute) && target.child(Field::object).text() == "self" ? target : Node();
}

// A class that is a context manager, or that others may close in ways that do not show here.
bool may_close_elsewhere(std::string_view path, Context& context) {
  const semantics::ClassEntry* entry = context.module().find_class(path);
  if (entry == nullptr || !entry->definition->decorators.empty()) return true;
  for (const std::string_view method : {"__exit__", "__aexit__", "__del__", "__await__"}) {
    if (entry->attributes.contains(method)) return true;
  }
  return !entry->definition->bases.empty();
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !contains(kClients, callee->name)) return;
  const Node target = attribute_for(call);
  const std::string_view path = target ? context.enclosing_class(context.enclosing_function(call)) : "";
  if (path.empty() || may_close_elsewhere(path, context)) return;
  // Others may close what they can see: `await service.client.aclose()`.
  const bool is_private = target.child(Field::attribute).text().starts_with('_');
  if (!is_private && !context.strict()) return;
  context
      .report(client_never_closed, call,
              fmt::format("Nothing closes `{}`: its connections outlive the object. Close it in a method of the class",
                          target.text()))
      .span = call.child(Field::function).span();
}

// True where the client goes out of the class's hands, or is closed: all but asking it for something.
bool is_let_go(Node place) {
  const Node parent = outside_parentheses(place).parent();
  switch (parent.kind()) {
    case Kind::attribute: {
      const std::string_view name = parent.child(Field::attribute).text();
      return has_word(name,
                      {"close", "aclose", "aexit", "exit", "aenter", "enter", "disconnect", "terminate", "detach"});
    }
    case Kind::assignment:
      return place.field() == Field::right;
    case Kind::if_statement:
    case Kind::not_operator:
    case Kind::comparison_operator:
    case Kind::await:
    case Kind::expression_statement:
      return false;
    default:
      return true;
  }
}

bool confirm(const Report& report, Context& context) {
  const Node target = attribute_for(context.unit().unit->ast.node(report.node));
  bool open = true;
  for_each_identifier(last_part(target).text(), context, [&](Node identifier, Context&) {
    const Node place = whole_name(identifier);
    if (place && place.is(Kind::attribute) && is_let_go(place)) open = false;
  });
  return open;
}

}  // namespace
}  // namespace surefoot::rules

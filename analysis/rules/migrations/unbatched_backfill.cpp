#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/migration_sql.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule unbatched_backfill;
const Rule unbatched_backfill{
    .code = "MIG107",
    .name = "unbatched-backfill",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::for_statement},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_written({"update", "execute", "RunSQL"}) || may_be_migration_operation(callee);
        },
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kStatement = 0;
constexpr int kQuery = 1;  // of Django: `Model.objects.update(…)`
constexpr int kSession = 3;
constexpr int kLoop = 2;  // of Django: `for one in Model.objects.all(): one.save()`

// The names of a chain from its end, `update`, `all`, `objects` of `Model.objects.all().update()`, with their calls.
struct Link {
  std::string_view name;
  Node call;  // null for an attribute that is not called
};

std::vector<Link> chain_of(Node expression) {
  std::vector<Link> links;
  while (expression) {
    expression = without_parentheses(expression);
    const Node call = expression.is(Kind::call) ? expression : Node();
    const Node name = call ? call.child(Field::function) : expression;
    if (!name.is(Kind::attribute)) {
      links.push_back({name.is(Kind::identifier) ? name.text() : std::string_view(), call});
      break;
    }
    links.push_back({name.child(Field::attribute).text(), call});
    expression = name.child(Field::object);
  }
  return links;
}

// `filter(price__isnull=True)`, `filter(price=None)`: picks rows by nulls alone.
bool asks_for_nulls_alone(Node call) {
  for (const Node given : call.child(Field::arguments).children()) {
    if (!given.is(Kind::keyword_argument)) return false;
    const bool null = given.child(Field::name).text().ends_with("__isnull") || given.child(Field::value).is(Kind::none);
    if (!null) return false;
  }
  return true;
}

// True for a query of Django that stands for all rows of a table: what comes before `from` in the chain.
bool is_whole_query(const std::vector<Link>& links, std::size_t from) {
  static constexpr std::array<std::string_view, 7> kKeep = {
      "all", "using", "order_by", "only", "select_related", "defer", "prefetch_related"};
  for (std::size_t i = from; i < links.size(); ++i) {
    const Link& link = links[i];
    if (link.name == "objects" || link.name.ends_with("_manager")) return !link.call && i + 1 < links.size();
    const bool filter = link.name == "filter" || link.name == "exclude";
    if (!link.call || (!contains(kKeep, link.name) && !(filter && asks_for_nulls_alone(link.call)))) return false;
  }
  return false;
}

bool is_django_migration(Context& context) {
  return context.module().find_class("Migration") != nullptr && context.module().find("migrations") != nullptr;
}

// `table.update().values(…)`, `sa.update(table).values(…)` with no `where`, or one for nulls.
bool updates_whole_core_table(Node statement) {
  bool updates = false, values = false;
  for (const Link& link : chain_of(statement)) {
    updates = updates || (link.name == "update" && link.call);
    values = values || link.name == "values";
    if (link.name != "where") continue;
    const std::string_view condition = link.call ? link.call.child(Field::arguments).text() : std::string_view();
    const bool nulls =
        condition.find(".is_(None)") != std::string_view::npos || condition.find("== None") != std::string_view::npos;
    if (!nulls || condition.find('&') != std::string_view::npos) return false;
  }
  return updates && values;
}

void say(Node node, Node span, int variant, Context& context) {
  Report& report = context.report(
      unbatched_backfill, node,
      variant == kLoop ? "One query a row for all rows of a table, in one transaction: update in batches, "
                         "`iterator()` and `bulk_update`"
                       : "One statement changes all rows of a table: they stay locked until it ends, and all are "
                         "written anew. Update in batches");
  report.span = span.span();
  report.variant = variant;
}

void check_statement(Node call, Context& context) {
  const Node statement = executed_by(call, context);
  if (!statement || loop_around(call)) return;
  const bool whole =
      statement.is(Kind::call) ? updates_whole_core_table(statement) : updates_whole_table(statement_of_sql(statement));
  if (whole) say(call, call.child(Field::function), kStatement, context);
}

// `session.query(Item).update(…)` in a revision.
bool is_whole_session_query(const std::vector<Link>& links, Node call, Context& context) {
  for (std::size_t i = 1; i < links.size(); ++i) {
    const Link& link = links[i];
    if (link.name == "query" && link.call) {
      const Node session = link.call.child(Field::function).child(Field::object);
      return is_in_revision(call, context) && context.is_instance(session, "sqlalchemy.orm.Session");
    }
  }
  return false;
}

// `cursor.execute("UPDATE …")` in a function of a Django migration.
bool executes_whole_update(Node call) {
  return last_name(call) == "execute" && updates_whole_table(statement_of_sql(argument(call, "sql", 0)));
}

void check_query(Node call, Context& context) {
  if (loop_around(call) || !context.enclosing_function(call)) return;
  const bool update = last_name(call) == "update";
  const std::vector<Link> links = update ? chain_of(call) : std::vector<Link>();
  if (update && links.size() == 3 && is_whole_session_query(links, call, context)) {
    say(call, call.child(Field::function), kSession, context);
    return;
  }
  if (!is_django_migration(context)) return;
  if (update ? is_whole_query(links, 1) : executes_whole_update(call)) {
    say(call, call.child(Field::function), kQuery, context);
  }
}

bool saves(Node body, std::string_view name) {
  bool found = false;
  for_each_own(body, [&](Node node) {
    const Node method = node.is(Kind::call) ? node.child(Field::function) : Node();
    found = found || (method.is(Kind::attribute) && method.child(Field::object).text() == name &&
                      method.child(Field::attribute).text() == "save");
  });
  return found;
}

void check_loop(Node loop, Context& context) {
  const Node target = loop.child(Field::left);
  if (!target.is(Kind::identifier) || !is_django_migration(context) || !context.enclosing_function(loop)) return;
  if (loop_around(loop) || !is_whole_query(chain_of(loop.child(Field::right)), 0)) return;
  if (saves(loop.child(Field::body), target.text())) say(loop, loop.child(Field::right), kLoop, context);
}

void check(Node node, Context& context) {
  if (node.is(Kind::for_statement)) {
    check_loop(node, context);
  } else {
    check_statement(node, context);
    check_query(node, context);
  }
}

// True when a `RunPython` of the file runs the function, when the migration is applied.
bool is_run_by_migration(Node function, Context& context) {
  std::vector<std::string_view> names;
  for_each_operation(context, [&](const MigrationOperation& operation, Context&) {
    if (operation.name == "RunPython") names.push_back(argument(operation.call, "code", 0).text());
  });
  return is_reached_from(function, Reach::calls, context, [&](Node one, Context&) {
    return one.is(Kind::function_definition) && contains(names, one.child(Field::name).text());
  });
}

// The model's name in `Model = apps.get_model("shop", "Item")`, where the query is one of it; null when not seen.
Node model_of(Node query, Context& context) {
  while (query.is(Kind::call) || query.is(Kind::attribute)) {
    query = query.is(Kind::call) ? query.child(Field::function) : query.child(Field::object);
  }
  const Node value = query.is(Kind::identifier) ? only_value_of(query, context) : Node();
  return value.is(Kind::call) && last_name(value) == "get_model" ? argument(value, "model_name", 1) : Node();
}

// `UPDATE item …` where the file creates "item".
bool updates_new_table(const std::string& statement, Context& context) {
  const std::string table(changed_table(statement));
  bool found = false;
  for_each_operation(context, [&](const MigrationOperation& operation, Context& inside) {
    if (operation.tool != MigrationTool::alembic || operation.name != "create_table") return;
    const auto name = semantics::literal_string(table_of(operation, inside));
    found = found || !name || table.find(*name) != std::string::npos;
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant == kSession) return runs_on_upgrade(node, context);
  if (report.variant == kStatement) {
    if (!runs_on_upgrade(node, context)) return false;
    return !updates_new_table(statement_of_sql(executed_by(node, context)), context);
  }
  if (!is_run_by_migration(context.enclosing_function(node), context)) return false;
  const Node model = model_of(report.variant == kLoop ? node.child(Field::right) : node, context);
  return !model || !makes_table(model, context);
}

}  // namespace
}  // namespace surefoot::rules

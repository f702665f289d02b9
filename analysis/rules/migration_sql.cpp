#include "analysis/rules/migration_sql.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

// The string in `sa.text("…")`, and in a list of statements with their parameters the first.
Node bare(Node sql) {
  sql = without_parentheses(sql);
  if (sql.is(Kind::call) && last_name(sql) == "text") sql = without_parentheses(argument(sql, "text", 0));
  while (sql.is(Kind::list) || sql.is(Kind::tuple)) sql = sql.first_child();
  return sql;
}

}  // namespace

Node sql_of(const MigrationOperation& operation) {
  if (!operation.is("execute", "RunSQL")) return {};
  const bool alembic = operation.tool == MigrationTool::alembic;
  return bare(argument(operation.call, alembic ? "sqltext" : "sql", 0));
}

Node executed_by(Node call, Context& context) {
  if (const auto operation = migration_operation(call, context)) return sql_of(*operation);
  const Node function = call.child(Field::function);
  if (last_name(call) != "execute" || !function.is(Kind::attribute) || !is_in_revision(call, context)) return {};
  const Node connection = function.child(Field::object);
  const bool known = context.is_instance(connection, "sqlalchemy.Connection") ||
                     context.is_instance(connection, "sqlalchemy.orm.Session");
  if (!known) return {};
  return bare(argument(call, "statement", 0));
}

std::string statement_of_sql(Node expression) {
  expression = without_parentheses(expression);
  if (!expression.is(Kind::string) && !expression.is(Kind::concatenated_string)) return {};
  std::string words = " ";
  std::string_view text = expression.text();
  const std::size_t quote = text.find_first_of("\"'");
  if (quote != std::string_view::npos) text.remove_prefix(quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool space = std::isspace(byte) || c == '"' || c == '\'' || c == ';';
    if (!space) words.push_back(static_cast<char>(std::tolower(byte)));
    if (space && words.back() != ' ') words.push_back(' ');
  }
  if (words.back() != ' ') words.push_back(' ');
  return words;
}

bool changes_rows(std::string_view statement) {
  for (const std::string_view word : {" insert into ", " update ", " delete from ", " copy ", " merge into "}) {
    if (statement.starts_with(word)) return true;
  }
  const bool with = statement.starts_with(" with ");
  return with && (statement.find(" update ") != std::string_view::npos ||
                  statement.find(" insert into ") != std::string_view::npos ||
                  statement.find(" delete from ") != std::string_view::npos);
}

namespace {

bool is_null_test(std::string_view condition) {
  return condition.ends_with(" is null ") || condition.ends_with(" is not null ");
}

// `item.order_id = orders.id`
bool is_join(std::string_view condition) {
  const std::size_t sign = condition.find('=');
  if (sign == std::string_view::npos || condition.find_first_of("<>!:%{") != std::string_view::npos) return false;
  return condition.substr(0, sign).find('.') != std::string_view::npos &&
         condition.substr(sign).find('.') != std::string_view::npos;
}

std::vector<std::string_view> conditions_of(std::string_view where) {
  std::vector<std::string_view> conditions;
  for (std::size_t start = 0; start < where.size();) {
    const std::size_t end = std::min(where.find(" and ", start), where.size());
    conditions.push_back(where.substr(start, end < where.size() ? end + 1 - start : end - start));
    start = end < where.size() ? end + 4 : end;
  }
  return conditions;
}

}  // namespace

bool updates_whole_table(std::string_view statement) {
  if (!statement.starts_with(" update ")) return false;
  for (const std::string_view word : {" limit ", " in ", " in(", "ctid", " between ", " or ", "select top"}) {
    if (statement.find(word) != std::string_view::npos) return false;
  }
  const std::size_t where = statement.rfind(" where ");
  if (where == std::string_view::npos) return statement.find(" set ") != std::string_view::npos;
  const auto conditions = conditions_of(statement.substr(where + 6));
  return std::all_of(conditions.begin(), conditions.end(),
                     [](std::string_view condition) { return is_null_test(condition) || is_join(condition); });
}

std::string_view changed_table(std::string_view statement) {
  for (const std::string_view word : {" insert into ", " update ", " delete from ", " only "}) {
    if (!statement.starts_with(word)) continue;
    statement.remove_prefix(word.size());
    return statement.substr(0, statement.find_first_of(" (", 1));
  }
  return {};
}

}  // namespace surefoot::rules

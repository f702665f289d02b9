#include <array>
#include <cctype>

#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule column_type_rewrite;
const Rule column_type_rewrite{
    .code = "MIG104",
    .name = "column-type-rewrite",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_migration_operation,
    .confirm = changes_existing_table,
};

namespace {

// A type as PostgreSQL sees it: texts of any length are one family.
struct ColumnType {
  enum class Family : std::uint8_t { unknown, text, numeric, other } family = Family::unknown;
  std::string_view name;
  std::optional<long long> size;  // of a text; of a number its digits
  std::optional<long long> scale;
};

ColumnType type_of_column(Node expression, Context& context) {
  const std::string_view name = name_in("sqlalchemy.", expression, context);
  if (name.empty()) return {};
  const bool call = expression.is(Kind::call);
  const auto number = [&](std::string_view keyword, int position) {
    const Node given = call ? argument(expression, keyword, position) : Node();
    return given ? semantics::literal_int(given) : std::nullopt;
  };
  static constexpr std::array<std::string_view, 7> kTexts = {"String",  "Text", "Unicode",   "UnicodeText",
                                                             "VARCHAR", "TEXT", "AutoString"};
  if (contains(kTexts, name)) return {ColumnType::Family::text, name, number("length", 0), {}};
  if (name == "Numeric" || name == "NUMERIC" || name == "DECIMAL") {
    return {ColumnType::Family::numeric, name, number("precision", 0), number("scale", 1)};
  }
  return {ColumnType::Family::other, name, {}, {}};
}

// What PostgreSQL does without touching the rows: a longer text, a number with more digits before the point.
// (https://www.postgresql.org/docs/current/sql-altertable.html, "binary coercible")
bool is_widening(const ColumnType& from, const ColumnType& to) {
  if (to.family == ColumnType::Family::text) {
    if (from.family == ColumnType::Family::unknown) return !to.size;
    return from.family == ColumnType::Family::text && (!to.size || (from.size && *from.size <= *to.size));
  }
  if (from.family != ColumnType::Family::numeric || to.family != ColumnType::Family::numeric) return false;
  if (!to.size) return true;
  return from.size && *from.size <= *to.size && from.scale.value_or(0) == to.scale.value_or(0);
}

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '_') plain.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  if (plain == "bigint") return "biginteger";
  if (plain == "smallint") return "smallinteger";
  return plain == "timestamp" ? "datetime" : plain;
}

// `sa.INTEGER()` and `sa.Integer`; two enumerations, whose type in the database has its name from elsewhere.
bool is_same(Node from, const ColumnType& existing, Node to, const ColumnType& wanted) {
  if (!from || existing.family != ColumnType::Family::other) return from && from.text() == to.text();
  const std::string name = plain_name(existing.name);
  if (name != plain_name(wanted.name)) return false;
  const auto arguments = [](Node type) {
    const std::string_view text = type.is(Kind::call) ? type.child(Field::arguments).text() : "()";
    return text;
  };
  return name == "enum" || arguments(from) == arguments(to);
}

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || operation->tool != MigrationTool::alembic || operation->name != "alter_column") return;
  const Node to = without_parentheses(argument(call, "type_"));
  const Node from = without_parentheses(argument(call, "existing_type"));
  if (!to || to.is(Kind::none) || is_for_other_database(call, context)) return;
  const ColumnType wanted = type_of_column(to, context);
  const ColumnType existing = from ? type_of_column(from, context) : ColumnType{};
  if (wanted.family == ColumnType::Family::unknown || is_same(from, existing, to, wanted)) return;
  if (from && existing.family == ColumnType::Family::unknown) return;
  const bool converts = static_cast<bool>(argument(call, "postgresql_using"));
  if (!converts && is_widening(existing, wanted)) return;
  context
      .report(
          column_type_rewrite, call,
          "A new column type makes PostgreSQL write the whole table anew while nobody may use it: add a column, fill "
          "it in batches, and switch over")
      .span = call.child(Field::function).span();
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/autocommit.hpp"
#include "analysis/rules/migration_code.hpp"
#include "analysis/rules/migration_sql.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule concurrent_in_transaction;
const Rule concurrent_in_transaction{
    .code = "MIG103",
    .name = "concurrent-in-transaction",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_migration_operation,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kAlembic = 0;
constexpr int kDjango = 1;

bool is_concurrent(const MigrationOperation& operation) {
  if (operation.tool == MigrationTool::django && operation.name.ends_with("Concurrently")) return true;
  if (argument(operation.call, "postgresql_concurrently").is(Kind::true_)) return true;
  return statement_of_sql(sql_of(operation)).find(" concurrently ") != std::string::npos;
}

// Inside of `with op.get_context().autocommit_block():`, or of a block that makes one in the file.
bool is_in_autocommit_block(Node call) {
  for (Node outer = call.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (!outer.is(Kind::with_statement)) continue;
    const std::uint32_t body = outer.child(Field::body).index();
    for (std::uint32_t i = outer.index(); i < body; ++i) {
      const Node item = outer.ast().node(i);
      if (item.is(Kind::with_item) && has_word(item.text(), {"autocommit", "AUTOCOMMIT"})) return true;
    }
  }
  return false;
}

// `op.execute("COMMIT")`, `execution_options(isolation_level="AUTOCOMMIT")` earlier in the function.
bool is_behind_commit(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  for (std::uint32_t i = function.index(); i < call.index(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::string) && has_word(node.text(), {"commit", "autocommit"})) return true;
    if (node.is(Kind::attribute) && node.child(Field::attribute).text() == "commit") return true;
  }
  return false;
}

// `atomic = …` in the class of the migration.
bool says_atomic(Context& context) {
  const semantics::ClassEntry* entry = context.module().find_class(context.unit().container);
  return entry == nullptr || entry->attributes.contains("atomic");
}

void check(Node call, Context& context) {
  const auto operation = migration_operation(call, context);
  if (!operation || !is_concurrent(*operation)) return;
  const bool django = operation->tool == MigrationTool::django;
  if (django ? says_atomic(context) : is_in_autocommit_block(call) || is_behind_commit(call, context)) return;
  Report& report =
      context.report(concurrent_in_transaction, call,
                     fmt::format("`{}` cannot run in a transaction, and a migration is one: {}", operation->name,
                                 django ? "set `atomic = False`" : "use `with op.get_context().autocommit_block():`"));
  report.span = call.child(Field::function).span();
  report.variant = django ? kDjango : kAlembic;
}

bool confirm(const Report& report, Context& context) {
  const auto operation = migration_operation(context.unit().unit->ast.node(report.node), context);
  return operation && runs_on_upgrade(operation->call, context);
}

Fixes fix_alembic(const Report& report, Context& context) {
  const auto operation = migration_operation(context.unit().unit->ast.node(report.node), context);
  if (!operation) return {};
  auto edits = put_in_autocommit_block(*operation, context);
  if (edits.empty()) return {{}, "its lines cannot be moved"};
  return {{fixes::make_fix("Put it in an `autocommit_block`", fixes::Applicability::safe, std::move(edits))}, ""};
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kAlembic) return fix_alembic(report, context);
  const Node root = context.unit().unit->ast.root();
  const fixes::FileView& file = context.file();
  const std::uint32_t start = file.units.units[context.unit_number()].offset;
  const std::uint32_t line = file.text.line_start(file.text.line_of(start));
  const std::string indent(file.text.slice({line, start}));
  if (indent.find_first_not_of(" \t") != std::string::npos) return {{}, "it shares its line with other code"};
  const std::string end(file.text.dominant_line_ending());
  return {{fixes::make_fix("Set `atomic = False`", fixes::Applicability::safe,
                           {fixes::insert_before(file, context.place(root), "atomic = False" + end + end + indent)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

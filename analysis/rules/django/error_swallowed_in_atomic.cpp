#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

bool is_database_error(Node taken, Context& context) {
  static constexpr std::array<std::string_view, 8> kErrors = {
      "DatabaseError",    "IntegrityError",    "OperationalError", "DataError",
      "ProgrammingError", "NotSupportedError", "InternalError",    "Error"};
  const Type* type = semantics::only(context.type_of(taken));
  if (type == nullptr || type->tag != Type::Tag::object || !type->name.starts_with("django.db.")) return false;
  return contains(kErrors, type->name.substr(type->name.rfind('.') + 1));
}

bool takes_database_error(Node clause, Context& context) {
  const std::vector<Node> taken = taken_by(clause);
  return takes_any_error(clause, context) ||
         std::any_of(taken.begin(), taken.end(), [&](Node one) { return is_database_error(one, context); });
}

// These make a savepoint of their own.
bool has_savepoint(Node call) {
  const std::string_view method = last_name(call.child(Field::function));
  return method == "get_or_create" || method == "update_or_create";
}

// The call in the block that may break the transaction: it writes, with no savepoint round it.
Node breaking_call(Node block, Node guard, Context& context) {
  Node found;
  for_each_own(block, [&](Node node) {
    if (found || !node.is(Kind::call) || !writes_database(node, context) || has_savepoint(node)) return;
    if (!atomic_block_around(node, guard, context)) found = node;
  });
  return found;
}

// True for a clause that leaves the block, or has the transaction rolled back.
bool gives_up(Node clause) {
  bool leaves = false;
  for_each_own(block_of(clause), [&](Node node) {
    leaves = leaves || node.is(Kind::raise_statement) || node.is(Kind::return_statement) ||
             node.is(Kind::break_statement) ||
             (node.is(Kind::identifier) && node.text().find("rollback") != std::string_view::npos);
  });
  return leaves;
}

// The next query in the same transaction: in the clause, or behind the `try`, as far as `end`.
Node query_in(Node clause, Node guard, std::uint32_t end, Context& context) {
  const auto first_in = [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i < to; ++i) {
      const Node node = guard.ast().node(i);
      if (is_definition(node)) i = node.after() - 1;
      if (node.is(Kind::call) && asks_database(node, context)) return node;
    }
    return Node();
  };
  const Node here = first_in(clause.index(), clause.after());
  return here ? here : first_in(guard.after(), end);
}

void check(Node clause, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule error_swallowed_in_atomic;
const Rule error_swallowed_in_atomic{
    .code = "DJG109",
    .name = "error-swallowed-in-atomic",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::except_clause},
    .check = check,
    .fix = fix,
};

namespace {

// What of the code runs in the transaction round the node: the block of the `with`, or the function.
Node transaction_of(Node node, Context& context) {
  if (const Node manager = atomic_block_around(node, {}, context)) {
    Node statement = manager;
    while (!statement.is(Kind::with_statement)) statement = statement.parent();
    return statement.child(Field::body);
  }
  const Node function = context.enclosing_function(node);
  return function && atomic_decorator_of(function, context) ? function.child(Field::body) : Node();
}

void check(Node clause, Context& context) {
  const Node guard = clause.parent();
  if (!guard.is(Kind::try_statement) || context.in_coroutine(clause)) return;
  const Node transaction = transaction_of(guard, context);
  if (!transaction || !takes_database_error(clause, context) || gives_up(clause)) return;
  const Node broken = breaking_call(guard.child(Field::body), guard, context);
  if (!broken) return;
  const Node loop = loop_around(guard);
  const bool repeats = loop && transaction.covers(loop) && loop != transaction;
  const Node next = repeats ? broken : query_in(clause, guard, transaction.after(), context);
  if (!next) return;
  Report& report = context.report(
      error_swallowed_in_atomic, clause,
      fmt::format("When `{}` fails here, the transaction is broken: `{}` raises `TransactionManagementError` then. An "
                  "`atomic()` of its own round the call makes a savepoint to go back to",
                  broken.child(Field::function).text(), next.child(Field::function).text()));
  report.span = {clause.start(), block_of(clause).start()};
  const Node first = clause.first_child();
  report.span.end = first.is(Kind::block) ? clause.start() + 6 : first.end();
}

// ---- fix

// What makes the transaction round the node, as it is written: `transaction.atomic(using="ledger")`; empty where it
// cannot be written again.
std::string maker_of(Node node, Context& context) {
  Node maker = atomic_block_around(node, {}, context);
  if (!maker) maker = atomic_decorator_of(context.enclosing_function(node), context).first_child();
  if (!maker || !is_atomic(maker, context) || maker.text().find("durable") != std::string_view::npos) return {};
  return std::string(maker.text()) + (maker.is(Kind::call) ? "" : "()");
}

bool has_long_string(Node block) {
  for (std::uint32_t i = block.index(); i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (node.is(Kind::string) && node.text().find('\n') != std::string_view::npos) return true;
  }
  return false;
}

// Puts the block of the `try` into an `atomic()` of its own.
Fixes fix(const Report& report, Context& context) {
  const Node guard = context.unit().unit->ast.node(report.node).parent();
  const Node block = guard.child(Field::body);
  const text::SourceText& text = context.file().text;
  const text::Span span = fixes::span_in_file(context.file(), context.place(block));
  const text::Span whole = fixes::span_in_file(context.file(), context.place(guard));
  const std::string maker = maker_of(guard, context);
  if (maker.empty()) return {{}, "the transaction has no `atomic` that could be written again"};
  if (text.line_of(span.start) == text.line_of(whole.start)) return {{}, "the block stands on the line of its `try`"};
  if (has_long_string(block)) return {{}, "a string over several lines stands in the block"};
  const std::uint32_t first = text.line_of(span.start);
  const std::string_view indent = text.slice({text.line_start(first), span.start});
  std::vector<text::TextEdit> edits{{{span.start, span.start}, fmt::format("with {}:\n{}    ", maker, indent)}};
  for (std::uint32_t line = first + 1; line <= text.line_of(span.end); ++line) {
    const std::uint32_t start = text.line_start(line);
    if (start >= span.end) break;
    if (text.slice({start, start + 1}) != "\n") edits.push_back({{start, start}, "    "});
  }
  return {{fixes::make_fix("Give the block an `atomic()` of its own", fixes::Applicability::unsafe, std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

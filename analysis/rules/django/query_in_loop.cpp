#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/fan_out.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

struct Bulk {
  std::string_view method;
  std::string_view instead;
};

// What does for all rows at once what the method does for one.
constexpr std::array<Bulk, 8> kBulk = {{{"save", "`bulk_update` or `bulk_create`"},
                                        {"asave", "`abulk_update` or `abulk_create`"},
                                        {"create", "`bulk_create`"},
                                        {"acreate", "`abulk_create`"},
                                        {"get", "`in_bulk` or a filter with `__in`"},
                                        {"aget", "`ain_bulk` or a filter with `__in`"},
                                        {"delete", "`delete` of a queryset"},
                                        {"adelete", "`adelete` of a queryset"}}};

const Bulk* bulk_for(std::string_view method) {
  const auto* found = std::find_if(kBulk.begin(), kBulk.end(), [&](const Bulk& one) { return one.method == method; });
  return found == kBulk.end() ? nullptr : found;
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule query_in_loop;
const Rule query_in_loop{
    .code = "DJG111",
    .name = "query-in-loop",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.facts != nullptr && bulk_for(callee.written) != nullptr && callee.is_in("django.db.models.");
        },
    .confirm = confirm,
};

namespace {

// The `for` or comprehension clause that repeats the call; null for a `while`.
Node iterable_of(Node loop, Node call) {
  if (loop.is(Kind::for_statement)) return loop.child(Field::right);
  Node clause;
  for (const Node child : loop.children()) {
    if (child.is(Kind::for_in_clause) && !child.covers(call)) clause = child;
  }
  return clause ? clause.child(Field::right) : Node();
}

// True for a loop that ends with what it looks for.
bool is_searched(Node body) {
  bool leaves = false;
  for_each_own(
      body, [&](Node node) { leaves = leaves || node.is(Kind::return_statement) || node.is(Kind::break_statement); });
  return leaves;
}

// True where the loop ends with the call, or each round is meant to stand alone: it has a transaction or a `try` of its
// own round what it writes.
bool stands_alone(Node call, Node loop, bool writes) {
  for (Node child = call, at = call.parent(); at && at != loop; child = at, at = at.parent()) {
    if (at.is(Kind::block) && jumps_away(at) && !at.last_child().is(Kind::continue_statement)) return true;
    if (at.is(Kind::return_statement)) return true;
    if (writes && at.is(Kind::try_statement) && child.field() == Field::body) return true;
    if (writes && at.is(Kind::with_statement) && at.text().find("suppress(") < child.start() - at.start()) return true;
  }
  const Node body = loop.child(Field::body);
  if (!loop.is(Kind::for_statement)) return false;
  return (!writes && is_searched(body)) || (jumps_away(body) && !body.last_child().is(Kind::continue_statement));
}

bool counts(Node iterable, Context& context) {
  return iterable.is(Kind::call) && (context.calls(iterable, "range") || context.calls(iterable, "itertools.count") ||
                                     context.calls(iterable, "itertools.repeat"));
}

Node iterable_round(Node call, Context& context) {
  const Node loop = loop_around(call);
  if (!loop || loop.is(Kind::while_statement)) return {};
  if (mentions(loop, "select_for_update")) return {};  // rows are locked for what is done with each
  const bool writes = writes_database(call, context);
  if (stands_alone(call, loop, writes) || atomic_block_around(call, loop, context)) return {};
  if (loop.is(Kind::for_statement) && iterates_over_messages(loop, context)) return {};
  const Node iterable = iterable_of(loop, call);
  return iterable && !counts(iterable, context) ? iterable : Node();
}

void check(Node call, Context& context) {
  const Bulk* bulk = bulk_for(last_name(call.child(Field::function)));
  // A model with a `save` of its own wants it called.
  const Type* callee = context.callee(call);
  if (bulk == nullptr || callee == nullptr || callee->callable == nullptr || !asks_database(call, context)) return;
  if (is_migration_path(context.path())) return;
  const Node iterable = iterable_round(call, context);
  if (!iterable || is_short(iterable, context, false)) return;
  context
      .report(query_in_loop, call,
              fmt::format("`{}` asks the database once for each step of the loop; {} asks once for all",
                          last_name(call.child(Field::function)), bulk->instead))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  const Node iterable = iterable_round(context.unit().unit->ast.node(report.node), context);
  return iterable && !is_short(iterable, context, true);
}

}  // namespace
}  // namespace surefoot::rules

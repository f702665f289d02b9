#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kHere, kInCoroutine, kFromAnywhere };

// The whole chain that a call stands in: `a.b().c()` for `a.b()`; with the `await` round it.
Node whole_chain(Node call) {
  for (;;) {
    const Node parent = call.parent();
    const bool goes_on = (parent.is(Kind::attribute) && call.field() == Field::object) ||
                         (parent.is(Kind::call) && call.field() == Field::function) || parent.is(Kind::await) ||
                         parent.is(Kind::parenthesized_expression);
    if (!goes_on) return call;
    call = parent;
  }
}

bool is_run_through(Node expression, Context& context) {
  const Node parent = expression.parent();
  if ((parent.is(Kind::for_statement) || parent.is(Kind::for_in_clause)) && expression.field() == Field::right) {
    return true;
  }
  const Node call = parent.is(Kind::argument_list) ? parent.parent() : Node();
  return call && iterated_by(call, context) == expression;
}

// True when some call of the chain behind `select_for_update` asks the database.
bool is_asked(Node chain, Node first, Context& context) {
  for (Node at = first; at != chain;) {
    at = at.parent();
    if (at.is(Kind::call) && asks_database(at, context)) return true;
  }
  return false;
}

// True when the rows are fetched in the function: at once, or through the local that the query is given to.
bool is_evaluated(Node call, Context& context) {
  const Node chain = whole_chain(call);
  if (is_asked(chain, call, context) || is_run_through(chain, context)) return true;
  const Node assignment = chain.parent();
  const Node local = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  if (!local.is(Kind::identifier)) return false;
  bool found = false;
  for_each_own(context.enclosing_function(call).child(Field::body), [&](Node name) {
    if (found || !name.is(Kind::identifier) || name.text() != local.text() || is_binding_place(name)) return;
    found = is_run_through(name, context) || is_asked(whole_chain(name), name, context);
  });
  return found;
}

// A function that only fetches the rows does so for callers, who have the transaction.
bool writes_too(Node function, Context& context) {
  bool writes = false;
  for_each_own(function.child(Field::body),
               [&](Node node) { writes = writes || (node.is(Kind::call) && writes_database(node, context)); });
  return writes;
}

bool may_be_wrapped(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  return model == nullptr ||
         context.resolver().decoration(context.unit(), *model) != semantics::Resolver::Decoration::kept;
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule select_for_update_outside_atomic;
const Rule select_for_update_outside_atomic{
    .code = "DJG108",
    .name = "select-for-update-outside-atomic",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"select_for_update"}); },
    .confirm = confirm,
};

namespace {

// A job, a command, or the function that a program starts with: nobody round it has opened a transaction.
bool starts_work(Node function, Context& context) {
  if (run_by_declaration(function, context) != RunBy::caller) return true;
  const std::string_view path = context.enclosing_class(function);
  if (path.empty() || function.child(Field::name).text() != "handle") return false;
  const std::string name = context.module().name() + "." + std::string(path);
  return context.resolver().is_subclass(name, "django.core.management.base.BaseCommand") ||
         context.resolver().is_subclass(name, "django.core.management.BaseCommand");
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  const Node function = context.enclosing_function(call);
  if (callee == nullptr || !callee->name.starts_with("django.db.models.")) return;
  if (!callee->name.ends_with(".select_for_update")) return;
  if (!function.is(Kind::function_definition) || atomic_around(call, context)) return;
  if (may_be_wrapped(function, context) || !is_evaluated(call, context)) return;
  if (!function.is_async() && !starts_work(function, context) && !writes_too(function, context)) return;
  Report& report =
      context.report(select_for_update_outside_atomic, call,
                     "`select_for_update` with no transaction round it raises `TransactionManagementError`: the lock "
                     "lasts as long as `transaction.atomic` does");
  report.span = {call.child(Field::function).child(Field::attribute).start(), call.end()};
  report.variant = function.is_async() ? kInCoroutine : context.strict() ? kFromAnywhere : kHere;
}

struct Caller {
  std::size_t unit = 0;
  Node function;
  bool operator==(const Caller&) const = default;
};

// The functions of the file that call this one; `atomic`: one does so in a transaction, or hands it on.
std::vector<Caller> callers_of(const Caller& called, bool& atomic, Context& context) {
  std::vector<Caller> callers;
  Context own(context, called.unit);
  const semantics::Function* model = own.unit().function_at(called.function.index());
  if (model == nullptr) return callers;
  for_each_name_of(*model, own, [&](Node place, Context& inside) {
    const bool is_call = place.parent().is(Kind::call) && place.field() == Field::function;
    if (!is_call || atomic_around(place, inside)) atomic = true;
    const Node function = inside.enclosing_function(place);
    if (function) callers.push_back({inside.unit_number(), function});
  });
  return callers;
}

// The whole file is looked through: it has to be known where the work starts (but in the strict profile), and that
// nobody opens a transaction on the way.
bool confirm(const Report& report, Context& context) {
  if (report.variant == kInCoroutine) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  std::vector<Caller> found{{context.unit_number(), context.enclosing_function(call)}};
  bool atomic = false;
  bool starts = report.variant == kFromAnywhere;
  for (std::size_t next = 0; next < found.size() && next < 50 && !atomic; ++next) {
    const Caller one = found[next];
    Context inside(context, one.unit);
    starts = starts || starts_work(one.function, inside);
    for (const Caller& caller : callers_of(one, atomic, context)) {
      if (std::find(found.begin(), found.end(), caller) == found.end()) found.push_back(caller);
    }
  }
  return starts && !atomic;
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/add_await.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

enum Variant { kCall, kSteps, kRelation };

std::optional<BlockingCall> query_of(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto query = blocking_call(call, context);
  return query && any(query->effects & Effect::queries_orm) ? query : std::nullopt;
}

// `list(rows)`, `for row in rows`, `len(rows)`: what makes a queryset ask the database.
std::optional<BlockingCall> evaluation_of(Node node, Context& context) {
  Node iterable = iterated_by(node, context);
  if (!iterable && node.is(Kind::call) && (context.calls(node, "len") || context.calls(node, "bool"))) {
    iterable = argument(node, "", 0);
  }
  if (!iterable || !context.may_run_on_loop(node)) return std::nullopt;
  auto steps = blocking_iteration(iterable, context);
  return steps && any(steps->effects & Effect::queries_orm) ? steps : std::nullopt;
}

// One cause, one finding: the first that asks in `Order.objects.get(pk=1).lines.count()`.
bool follows_query(Node node, Context& context) {
  for (Node receiver = made_on(node); receiver; receiver = made_on(receiver)) {
    if (receiver.is(Kind::call) && query_of(receiver, context)) return true;
  }
  return false;
}

// ---- relations: `order.customer` of an order that came without its customer

bool is_foreign_key(const semantics::TermRef& value, Context& context) {
  const semantics::Term& term = value.unit->terms[value.term];
  if (term.op != semantics::Op::call) return false;
  const Type* callee = semantics::only(context.resolver().type_of(*value.unit, term.a));
  return callee != nullptr && callee->tag == Type::Tag::object &&
         (callee->name == "django.db.models.ForeignKey" || callee->name == "django.db.models.OneToOneField");
}

bool is_relation(std::string_view field, Node model, Context& context) {
  const Type* type = semantics::only(context.type_of(model));
  const bool is_class = type != nullptr && type->tag == Type::Tag::object;
  const semantics::ClassEntry* entry = is_class ? project_class(type->name, context) : nullptr;
  if (entry == nullptr) return false;
  const auto values = entry->attributes.find(field);
  return values != entry->attributes.end() && values->second.size() == 1 &&
         is_foreign_key(values->second.front(), context);
}

// The model of the row that `await Order.objects.filter(…).afirst()` gives, of methods of Django alone and with nothing
// that loads relations; null otherwise.
Node model_of_row(Node value, Context& context) {
  const Node call = value.is(Kind::await) ? value.first_child() : Node();
  if (!call.is(Kind::call)) return {};
  if (context.calls(call, "django.shortcuts.aget_object_or_404")) return argument(call, "klass", 0);
  for (Node step = call; step; step = made_on(step)) {
    if (!step.is(Kind::call)) continue;
    const Type* callee = context.callee(step);
    if (callee == nullptr || callee->tag != Type::Tag::object || callee->callable == nullptr) return {};
    if (!callee->name.starts_with("django.db.models.") || semantics::last_part(callee->name) == "select_related")
      return {};
  }
  return root_of(call);
}

bool is_set_before(Node attribute, Node function) {
  for (std::uint32_t i = function.index(); i < attribute.index(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::attribute) && node.field() == Field::left && node.text() == attribute.text()) return true;
  }
  return false;
}

// Calls `say` for each relation that the coroutine reads of the row that `name` is bound to, and to nothing else.
template <class Say>
void for_each_relation(Node name, Node model, Context& context, const Say& say) {
  const Node function = context.enclosing_function(name);
  for (std::uint32_t i = name.index(); i < function.after(); ++i) {
    const Node attribute = function.ast().node(i);
    const bool reads = attribute.is(Kind::attribute) && attribute.field() != Field::left;
    const Node object = reads ? attribute.child(Field::object) : Node();
    if (!object.is(Kind::identifier) || object.text() != name.text() || !context.in_coroutine(attribute)) continue;
    const bool relation = is_relation(attribute.child(Field::attribute).text(), model, context);
    if (relation && only_value_of(object, context) && !is_set_before(attribute, function)) say(attribute);
  }
}

void check(Node node, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sync_orm_in_async;
const Rule sync_orm_in_async{
    .code = "DJG101",
    .name = "sync-orm-in-async",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::for_statement, Kind::for_in_clause, Kind::await},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.blocks(Effect::queries_orm) || may_iterate(callee) || callee.is_one_of({"len", "bool"});
        },
    .fix = fix,
    .rises = true,
};

namespace {

void say(Node anchor, Node shown, const BlockingCall& query, std::string message, Variant variant, Context& context) {
  Report& report = context.report(sync_orm_in_async, anchor, std::move(message));
  report.span = shown.span();
  report.subject = query.name.substr(query.name.rfind('.', query.name.rfind('.') - 1) + 1);
  report.effect = "queries the database";
  report.variant = variant;
}

// `order = await Order.objects.aget(pk=pk)`, and then `order.customer`.
void check_row(Node value, Context& context) {
  const Node name = value.parent().child(Field::left);
  if (!name.is(Kind::identifier) || value.field() != Field::right || !context.in_coroutine(value)) return;
  const Node model = model_of_row(value, context);
  if (!model) return;
  for_each_relation(name, model, context, [&](Node attribute) {
    const BlockingCall query{fmt::format("{}.{}", name.text(), semantics::last_part(attribute.text())), {}, {}};
    say(attribute, attribute, query,
        fmt::format("`{}` is loaded in a coroutine: Django raises SynchronousOnlyOperation", attribute.text()),
        kRelation, context);
  });
}

void check(Node node, Context& context) {
  if (node.is(Kind::await)) return check_row(node, context);
  if (const auto query = node.is(Kind::call) ? query_of(node, context) : std::nullopt) {
    if (follows_query(node, context)) return;
    const Node function = node.child(Field::function);
    return say(node, function, *query,
               fmt::format("`{}` queries the database in a coroutine: Django raises SynchronousOnlyOperation",
                           semantics::last_part(query->name)),
               kCall, context);
  }
  const auto steps = evaluation_of(node, context);
  if (!steps) return;
  const Node iterable = node.is(Kind::call) ? node.child(Field::arguments).first_child() : node.child(Field::right);
  if (iterable.is(Kind::call) && (query_of(iterable, context) || follows_query(iterable, context))) return;
  say(node, iterable, *steps, "a queryset is evaluated in a coroutine: Django raises SynchronousOnlyOperation", kSteps,
      context);
}

// `aget` for `Order.objects.get(…)`; empty where there is none.
std::string_view twin_of(Node call, Context& context) {
  const auto query = blocking_call(call, context);
  if (!query || query->facts == nullptr || !call.child(Field::function).is(Kind::attribute)) return {};
  return semantics::last_part(query->facts->async_twin);
}

Fixes await_twin(const fixes::Place& call, std::string_view twin, Context& context) {
  return {{fixes::make_fix(fmt::format("Await `{}`", twin), fixes::Applicability::safe,
                           fixes::await_twin(context.file(), call, twin))},
          ""};
}

// `await sync_to_async(order.full_clean)()`
Fixes in_thread(const fixes::Place& call, Context& context) {
  const fixes::Import import = fixes::import_name(context.file(), call, "asgiref.sync", "sync_to_async");
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits = fixes::add_await(context.file(), call);
  if (import.edit) edits.push_back(*import.edit);
  const fixes::Place function{call.unit, call.node.child(Field::function)};
  edits.push_back(fixes::insert_before(context.file(), function, import.name + "("));
  edits.push_back(fixes::insert_after(context.file(), function, ")"));
  return {{fixes::make_fix("Run it with `sync_to_async`", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

// `async for row in rows`
Fixes async_loop(const fixes::Place& loop, Context& context) {
  return {{fixes::make_fix("Use `async for`", fixes::Applicability::safe,
                           {fixes::insert_before(context.file(), loop, "async ")})},
          ""};
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place place = context.place(context.unit().unit->ast.node(report.node));
  if (!context.in_coroutine(place.node)) return {{}, "an `await` cannot stand here"};
  if (report.variant == kRelation) return {{}, "load it with `select_related`"};
  if (report.variant == kSteps) {
    const Node iterable = place.node.child(Field::right);
    const bool itself = is_queryset(iterable, context);
    if (place.node.is(Kind::for_statement) && itself) return async_loop(place, context);
    return {{}, "collect its rows with `async for`"};
  }
  const std::string obstacle = fixes::await_obstacle(place.node, fixes::Comprehensions::collected);
  if (!obstacle.empty()) return {{}, "an `await` cannot stand in " + obstacle};
  const std::string_view twin = twin_of(place.node, context);
  return twin.empty() ? in_thread(place, context) : await_twin(place, twin, context);
}

}  // namespace
}  // namespace surefoot::rules

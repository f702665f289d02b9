#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule async_view_on_wsgi;
const Rule async_view_on_wsgi{
    .code = "FLK112",
    .name = "async-view-on-wsgi",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .confirm = confirm,
};

namespace {

bool is_awaited_somewhere(Node function, std::string_view local) {
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    found = found || (node.is(Kind::await) && mentions(node, local)) ||
            (node.is(Kind::for_statement) && node.is_async() && mentions(node.child(Field::right), local));
  });
  return found;
}

// True when the view waits for the task: it stands in an `await`, or is bound to a name that does.
bool is_waited_for(Node spawn, Node function) {
  for (Node outer = spawn.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::await) || outer.is(Kind::return_statement)) return true;
    const Node left = outer.is(Kind::assignment) ? outer.child(Field::left) : Node();
    if (left.is(Kind::identifier) && is_awaited_somewhere(function, left.text())) return true;
    const Node object = outer.is(Kind::call) ? outer.child(Field::function).child(Field::object) : Node();
    if (object.is(Kind::identifier) && is_awaited_somewhere(function, object.text())) return true;  // tasks.append(…)
  }
  return false;
}

bool report_tasks(Node function, Context& context) {
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    const knowledge::Spawner* spawner = node.is(Kind::call) ? spawner_of(node, context) : nullptr;
    if (spawner == nullptr || !spawner->caller_owns || is_waited_for(node, function)) return;
    found = true;
    context
        .report(async_view_on_wsgi, node,
                "Flask ends the event loop of an `async` view with the view: a task that is still running is cancelled")
        .span = node.child(Field::function).span();
  });
  return found;
}

// Other decorators may need a coroutine function.
bool has_flask_decorators_only(const semantics::Function& function, Context& context) {
  return std::all_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    return facts != nullptr && facts->framework == "flask";
  });
}

bool is_stub(Node body) {
  for (const Node statement : body.children()) {
    const Node value = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
    if (!value.is(Kind::string) && !value.is(Kind::ellipsis) && !statement.is(Kind::pass_statement)) return false;
  }
  return true;
}

void check(Node function, Context& context) {
  if (!function.is_async() || !is_flask_view(function, context) || report_tasks(function, context)) return;
  const Node body = function.child(Field::body);
  const semantics::Function* model = context.unit().function_at(function.index());
  if (suspension_in(body) || is_stub(body) || model == nullptr || !has_flask_decorators_only(*model, context)) return;
  const Node name = function.child(Field::name);
  context
      .report(async_view_on_wsgi, function,
              fmt::format("`{}` is `async` and awaits nothing: Flask makes an event loop for each call of it in vain",
                          name.text()))
      .span = name.span();
}

bool confirm(const Report&, Context& context) {
  return !is_mentioned("WsgiToAsgi", context) && !is_mentioned("WSGIMiddleware", context);
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

enum class Kept : std::uint8_t { no, background, task, stream };

Kept keeps(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return Kept::no;
  static constexpr std::array<std::string_view, 2> kBackground = {"starlette.background.BackgroundTasks.add_task",
                                                                  "starlette.background.BackgroundTask"};
  static constexpr std::array<std::string_view, 3> kTasks = {"asyncio.create_task", "asyncio.ensure_future",
                                                             "asyncio.AbstractEventLoop.create_task"};
  if (contains(kBackground, callee->name)) return Kept::background;
  if (contains(kTasks, callee->name)) return Kept::task;
  return callee->name == "starlette.responses.StreamingResponse" ? Kept::stream : Kept::no;
}

bool is_session_class(std::string_view name, Context& context) {
  return context.resolver().is_subclass(name, "sqlalchemy.orm.Session") ||
         context.resolver().is_subclass(name, "sqlalchemy.ext.asyncio.AsyncSession");
}

// True for a parameter whose dependency ends with the request: one with a `yield`, or a session of any.
bool is_of_dependency(const semantics::Parameter& parameter, Node marker, Context& context) {
  const Node given = dependency_of(marker);
  const Type* dependency = given ? semantics::only(context.type_of(given)) : nullptr;
  if (dependency != nullptr && dependency->function != nullptr) return dependency->function->is_generator;
  const Type* type = semantics::only(context.resolver().type_of(context.unit(), parameter.annotation));
  return type != nullptr && is_session_class(type->name, context);
}

bool is_request_scoped(const semantics::Parameter& parameter, Context& context) {
  if (const Node marker = marker_of(context.unit(), parameter, context)) {
    return is_of_dependency(parameter, marker, context);
  }
  const Type* type = semantics::only(context.resolver().type_of(context.unit(), parameter.annotation));
  if (type == nullptr) return false;
  // By an alias: FastAPI takes no session but from a dependency.
  if (is_session_class(type->name, context)) return true;
  if (type->name == "starlette.datastructures.UploadFile") return true;
  return context.strict() && type->name == "starlette.requests.Request";
}

// The name as it stands, or the file of an upload.
bool hands_over(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name) continue;
    const Node parent = node.parent();
    if (parent.is(Kind::keyword_argument) && parent.child(Field::name) == node) continue;
    if (parent.is(Kind::attribute)) {
      if (parent.child(Field::object) != node || parent.child(Field::attribute).text() != "file") continue;
    }
    bool awaited = false;
    for (Node outer = parent; outer && outer != tree; outer = outer.parent())
      awaited = awaited || outer.is(Kind::await);
    if (!awaited) return true;
  }
  return false;
}

// The function nested in the route that an expression calls or names.
Node nested_function(Node expression, Node route) {
  if (expression.is(Kind::call)) expression = expression.child(Field::function);
  if (!expression.is(Kind::identifier)) return {};
  const Node body = route.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::function_definition) && node.child(Field::name).text() == expression.text()) return node;
  }
  return {};
}

bool binds_own(Node function, std::string_view name, Context& context) {
  if (context.names_of(function).slots.contains(name)) return true;
  return mentions(function.child(Field::parameters), name);
}

// A task that the route waits for ends before the request does.
bool is_waited_for(Node call, Node route) {
  const Node statement = call.parent();
  if (statement.is(Kind::expression_statement)) return false;
  const Node target = statement.is(Kind::assignment) ? statement.child(Field::left) : Node();
  if (!target.is(Kind::identifier)) return true;
  bool waited = false;
  for_each_own(route.child(Field::body), [&](Node node) {
    const bool waits = node.is(Kind::await) || node.is(Kind::return_statement);
    waited = waited || (waits && mentions(node, target.text()));
  });
  return waited;
}

std::string_view describe(Kept kept) {
  switch (kept) {
    case Kept::background:
      return "the background task";
    case Kept::task:
      return "the task";
    default:
      return "the stream";
  }
}

void check(Node call, Context& context);

}  // namespace

extern const Rule request_scope_captured;
const Rule request_scope_captured{
    .code = "FAPI124",
    .name = "request-scope-captured",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_written(
                     {"add_task", "BackgroundTask", "create_task", "ensure_future", "StreamingResponse"}) ||
                 callee.is_in("starlette.") || callee.is_in("asyncio.");
        },
};

namespace {

void check(Node call, Context& context) {
  const Kept kept = keeps(call, context);
  const Node route = kept == Kept::no ? Node() : context.enclosing_function(call);
  const semantics::Function* model = route ? context.unit().function_at(route.index()) : nullptr;
  if (model == nullptr || routes_of(route, context).empty()) return;
  if (kept == Kept::task && is_waited_for(call, route)) return;
  const Node arguments = call.child(Field::arguments);
  for (const semantics::Parameter& parameter : model->parameters) {
    const Node nested = nested_function(arguments.first_child(), route);
    const bool captured =
        nested && mentions(nested.child(Field::body), parameter.name) && !binds_own(nested, parameter.name, context);
    if (!captured && !hands_over(arguments, parameter.name)) continue;
    if (!is_request_scoped(parameter, context)) continue;
    context
        .report(
            request_scope_captured, call,
            fmt::format("`{}` belongs to the request and may be closed when {} uses it: give it what it needs to open "
                        "its own",
                        parameter.name, describe(kept)))
        .span = call.child(Field::function).span();
    return;
  }
}

}  // namespace
}  // namespace surefoot::rules

#include "analysis/rules/start_events.hpp"

#include <algorithm>

#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {

bool is_application(Node expression, Context& context) {
  return context.is_instance(expression, "starlette.applications.Starlette") ||
         context.is_instance(expression, "starlette.routing.Router");
}

bool may_be_start_event(const Callee& callee) { return callee.is_written({"on_event", "add_event_handler"}); }

namespace {

// A method of the same name that asks another object: an application of its own kind.
bool hands_on(Node call, std::string_view method, Context& context) {
  const Node function = context.enclosing_function(call);
  return function && function.child(Field::name).text() == method;
}

}  // namespace

std::optional<StartEvent> start_event_of(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute)) return std::nullopt;
  const std::string_view method = function.child(Field::attribute).text();
  if (method != "on_event" && method != "add_event_handler") return std::nullopt;
  const Node object = function.child(Field::object);
  if (object.text() == "self") return std::nullopt;  // a router's own code
  if (!is_application(object, context) || hands_on(call, method, context)) return std::nullopt;
  return StartEvent{method, object};
}

namespace {

bool is_given(Node value) { return value && !value.is(Kind::none); }

// `app.router.lifespan_context = lifespan`
bool sets_lifespan_of(std::string_view application, Context& context) {
  return any_unit_with("lifespan_context", context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::assignment)) continue;
      const Node target = node.child(Field::left);
      if (!target.is(Kind::attribute) || target.child(Field::attribute).text() != "lifespan_context") continue;
      if (root_of(target).text() == application) return true;
    }
    return false;
  });
}

}  // namespace

bool has_lifespan(Node object, Context& context) {
  if (object.is(Kind::attribute)) object = root_of(object);
  if (!object.is(Kind::identifier)) return false;
  const std::vector<Source> sources = sources_of(object, context);
  const bool made_with = !sources.empty() && std::all_of(sources.begin(), sources.end(), [](const Source& source) {
    return source.node.is(Kind::call) && is_given(argument(source.node, "lifespan"));
  });
  return made_with || sets_lifespan_of(object.text(), context);
}

}  // namespace surefoot::rules

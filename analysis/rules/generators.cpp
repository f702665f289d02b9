#include "analysis/rules/generators.hpp"

#include "analysis/rules/loops.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

// Decorators that leave a generator what it is.
bool keeps_generator(std::string_view decorator) {
  return decorator == "staticmethod" || decorator == "classmethod" || decorator == "functools.wraps" ||
         decorator == "abc.abstractmethod" || decorator == "typing.override" ||
         decorator == "typing_extensions.override";
}

Node decorated_by(Node decorator) {
  const Node expression = without_parentheses(decorator.first_child());
  return expression.is(Kind::call) ? expression.child(Field::function) : expression;
}

// A call by which a generator function becomes a context manager, by the last part of its name.
bool makes_manager(Node call, std::string_view name) {
  const Node function = call.child(Field::function);
  const bool method = function.is(Kind::attribute);
  const std::string_view called = method ? function.child(Field::attribute).text() : function.text();
  const Node arguments = call.child(Field::arguments);
  if (called == "Depends" || called == "Security" || called == "asynccontextmanager" || called == "Provide") {
    return mentions(arguments, name);
  }
  if (mentions(argument(call, "lifespan"), name)) return true;
  return called == "append" && has_word(function.child(Field::object).text(), {"cleanup"}) && mentions(arguments, name);
}

}  // namespace

Node only_yield(Node function) {
  Node found;
  bool several = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::yield)) return;
    several = several || found;
    found = node;
  });
  return several || !found || loop_around(found) ? Node() : found;
}

bool is_context_manager_function(Node function, Context& context) {
  const Node outer = function.parent();
  if (!outer.is(Kind::decorated_definition)) return false;
  for (const Node child : outer.children()) {
    if (!child.is(Kind::decorator)) continue;
    const Type* type = semantics::only(context.type_of(decorated_by(child)));
    if (type == nullptr || !keeps_generator(type->name)) return true;
  }
  return false;
}

bool is_used_as_context_manager(Node function, Context& context) {
  const std::string_view name = function.child(Field::name).text();
  return any_unit_with(name, context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && makes_manager(node, name)) return true;
    }
    return false;
  });
}

}  // namespace surefoot::rules

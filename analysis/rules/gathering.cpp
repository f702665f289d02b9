#include "analysis/rules/gathering.hpp"

#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

ReturnExceptions returns_exceptions(Node gather) {
  const Node value = argument(gather, "return_exceptions");
  if (!value) return has_double_splat(gather) ? ReturnExceptions::unknown : ReturnExceptions::no;
  if (value.is(Kind::true_)) return ReturnExceptions::yes;
  return value.is(Kind::false_) ? ReturnExceptions::no : ReturnExceptions::unknown;
}

Node await_of(Node call, Context& context) {
  Node value = call;
  for (Node parent = value.parent(); parent; value = parent, parent = parent.parent()) {
    if (parent.is(Kind::await)) return parent;
    if (parent.is(Kind::parenthesized_expression)) continue;
    const bool first = parent.is(Kind::argument_list) && parent.first_child() == value;
    if (!first) return {};
    parent = parent.parent();
    if (!context.calls(parent, "asyncio.wait_for") && !context.calls(parent, "asyncio.shield")) return {};
  }
  return {};
}

namespace {

std::string_view method_name(Node call) { return call.child(Field::function).child(Field::attribute).text(); }

// What `name.append(x)` and `name.add(x)` put into the local.
void add_appended(Node name, Context& context, std::vector<Node>& elements) {
  const Node body = context.enclosing_function(name).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node call = body.ast().node(i);
    if (!call.is(Kind::call) || call.child(Field::function).child(Field::object).text() != name.text()) continue;
    if (method_name(call) != "append" && method_name(call) != "add") continue;
    if (const Node value = argument(call, "", 0)) elements.push_back(value);
  }
}

void add_elements(Node collection, Context& context, std::vector<Node>& elements, int depth) {
  collection = without_parentheses(collection);
  if (!collection || depth > 3) return;
  switch (collection.kind()) {
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
      for (const Node child : collection.children()) {
        if (child.is(Kind::list_splat)) {
          add_elements(child.first_child(), context, elements, depth + 1);
        } else {
          elements.push_back(child);
        }
      }
      return;
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::generator_expression:
      elements.push_back(collection.child(Field::body));
      return;
    case Kind::call:
      if (context.calls(collection, "list") || context.calls(collection, "set") || context.calls(collection, "tuple")) {
        const Node arguments = collection.child(Field::arguments);
        add_elements(arguments.is(Kind::generator_expression) ? arguments : arguments.first_child(), context, elements,
                     depth + 1);
      }
      return;
    case Kind::identifier:
      if (const Node value = only_value_of(collection, context)) {
        add_elements(value, context, elements, depth + 1);
        add_appended(collection, context, elements);
      }
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<Node> elements_of(Node collection, Context& context) {
  std::vector<Node> elements;
  add_elements(collection, context, elements, 0);
  return elements;
}

bool cancels_before(Node node, Context& context) {
  const Node body = context.enclosing_function(node).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < node.index(); ++i) {
    const Node call = body.ast().node(i);
    if (!call.is(Kind::call)) continue;
    const Node function = call.child(Field::function);
    if (has_word(function.is(Kind::attribute) ? method_name(call) : function.text(), {"cancel"})) return true;
  }
  return false;
}

bool is_closing_name(std::string_view name) {
  return has_word(name, {"close", "aclose", "stop", "shutdown", "cleanup", "teardown", "disconnect", "dispose",
                         "terminate", "aexit", "exit", "quit", "kill", "cancel", "destroy", "finalize", "unload"});
}

}  // namespace surefoot::rules

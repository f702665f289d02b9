#include "analysis/rules/task_use.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

constexpr int kMaxDepth = 8;

// Methods of tasks and of containers that neither wait nor give the task to anybody.
bool only_looks(std::string_view method) {
  static constexpr std::array<std::string_view, 23> kNames = {
      "cancel",   "cancelled",         "cancelling", "uncancel", "done",      "set_name",    "get_name", "get_coro",
      "get_loop", "add_done_callback", "add",        "append",   "discard",   "remove",      "clear",    "extend",
      "update",   "appendleft",        "insert",     "keys",     "get_stack", "print_stack", "count"};
  return contains(kNames, method);
}

// Methods of containers whose value is a task, or several.
bool gives_element(std::string_view method) {
  static constexpr std::array<std::string_view, 8> kNames = {"pop",    "popleft", "popitem", "get",
                                                             "values", "items",   "copy",    "setdefault"};
  return contains(kNames, method);
}

// Functions that give what they are given, perhaps in another container.
bool passes_on(std::string_view function) {
  static constexpr std::array<std::string_view, 9> kNames = {"list",   "set",  "tuple",    "dict",     "sorted",
                                                             "filter", "iter", "reversed", "frozenset"};
  return contains(kNames, function);
}

bool ignores_argument(std::string_view function) {
  static constexpr std::array<std::string_view, 20> kNames = {
      "isinstance", "len",     "bool",  "print",     "id",       "repr", "str",     "type",   "hasattr", "debug",
      "info",       "warning", "error", "exception", "critical", "log",  "discard", "remove", "getattr", "callable"};
  return contains(kNames, function);
}

bool is_display(Node node) {
  switch (node.kind()) {
    case Kind::parenthesized_expression:
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::dictionary:
    case Kind::pair:
    case Kind::list_splat:
    case Kind::expression_list:
    case Kind::keyword_argument:
    case Kind::argument_list:
      return true;
    default:
      return false;
  }
}

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension) || node.is(Kind::generator_expression);
}

bool is_under_await(Node node) {
  for (; node && !syntax::is_statement(node.kind()) && !node.is(Kind::lambda); node = node.parent()) {
    if (node.is(Kind::await)) return true;
  }
  return false;
}

// `while not task.done(): …` waits for it, `while self.tasks: …` for all of them.
bool is_polled(Node condition) {
  Node child = condition;
  for (Node outer = condition.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::while_statement)) return child.field() == Field::condition;
    if (syntax::is_statement(outer.kind())) return false;
  }
  return false;
}

// Follows a value that is a task, or holds tasks, through the expression and on to the names it is given.
class Watcher {
 public:
  bool watched(Node value) {
    if (++depth_ > kMaxDepth || is_under_await(value) || is_polled(value)) return false;
    const bool result = climb(value);
    --depth_;
    return result;
  }

  bool names_watched(Node tree, Node name) {
    bool all = true;
    for_each_mention_in(tree, last_part(name).text(), [&](Node place) {
      if (all && place != name && place.text() == name.text()) all = watched(place);
    });
    return all;
  }

 private:
  bool climb(Node value) {
    Node child = value;
    for (Node parent = child.parent(); parent; child = parent, parent = parent.parent()) {
      if (parent.is(Kind::attribute)) return method(parent);
      if (parent.is(Kind::for_statement) || parent.is(Kind::for_in_clause)) return loop(parent, child);
      if (parent.is(Kind::assignment)) return assignment(child, value);
      if (parent.is(Kind::named_expression)) {
        if (child.field() == Field::name) return true;
        if (!names_watched(function_of(parent), parent.child(Field::name))) return false;
        continue;
      }
      if (parent.is(Kind::subscript)) {
        if (child.field() != Field::value) return true;
        continue;
      }
      if (is_comprehension(parent)) {
        if (child.field() != Field::body) return true;
        continue;
      }
      if (parent.is(Kind::call)) {
        const std::string_view name = last_part(parent.child(Field::function)).text();
        if (ignores_argument(name)) return true;
        if (passes_on(name)) continue;
        return false;
      }
      if (parent.is(Kind::boolean_operator) || is_display(parent)) continue;
      if (parent.is(Kind::conditional_expression)) {
        if (child != parent.first_child() && child != parent.last_child()) return true;
        continue;
      }
      return ends(parent, child);
    }
    return true;
  }

  // `task.cancel()`, `self.tasks.values()`.
  bool method(Node attribute) {
    const std::string_view name = attribute.child(Field::attribute).text();
    const Node call = attribute.parent();
    if (only_looks(name)) return true;
    return gives_element(name) && call.is(Kind::call) && watched(call);
  }

  bool loop(Node loop, Node child) {
    if (child.field() != Field::right) return true;
    const Node scope = loop.is(Kind::for_in_clause) ? loop.parent() : loop;
    bool all = true;
    const Node left = loop.child(Field::left);
    for (std::uint32_t i = left.index(); i < left.after(); ++i) {
      const Node target = left.ast().node(i);
      if (target.is(Kind::identifier)) all = all && names_watched(scope, target);
    }
    return all;
  }

  bool assignment(Node child, Node value) {
    if (child.field() != Field::right) return true;
    const Node target = assigned_target(value);
    if (!target.is(Kind::identifier)) return false;
    const Node function = function_of(target);
    return function && names_watched(function, target);
  }

  // Where the value ends in something that is no value itself.
  static bool ends(Node parent, Node child) {
    switch (parent.kind()) {
      case Kind::comparison_operator:
      case Kind::not_operator:
      case Kind::binary_operator:
      case Kind::augmented_assignment:
      case Kind::expression_statement:
      case Kind::delete_statement:
      case Kind::global_statement:
      case Kind::nonlocal_statement:
      case Kind::assert_statement:
      case Kind::interpolation:
      case Kind::if_clause:
      case Kind::pattern_list:
      case Kind::tuple_pattern:
      case Kind::list_pattern:
      case Kind::type:
        return true;
      case Kind::parameters:
      case Kind::default_parameter:
      case Kind::typed_parameter:
      case Kind::typed_default_parameter:
        return true;
      default:
        return child.field() == Field::condition;
    }
  }

  static Node function_of(Node node) { return outermost_function(node); }

  int depth_ = 0;
};

}  // namespace

bool is_only_watched(Node mention, Context&) { return Watcher().watched(mention); }

bool is_only_watched_in(Node tree, Node name, Context& context) {
  bool all = true;
  for_each_mention_in(tree, last_part(name).text(), [&](Node place) {
    if (all && place.text() == name.text()) all = is_only_watched(place, context);
  });
  return all;
}

Node assigned_target(Node value) {
  Node assignment = value;
  while (assignment && !assignment.is(Kind::assignment)) {
    if (syntax::is_statement(assignment.kind())) return {};
    assignment = assignment.parent();
  }
  const Node left = assignment.child(Field::left);
  const Node right = assignment.child(Field::right);
  if (!left || !right || !right.covers(value)) return {};
  const bool several = right.is(Kind::expression_list) || right.is(Kind::tuple);
  if (!several || right == value) return left.is(Kind::pattern_list) ? Node() : left;
  if (left.child_count() != right.child_count() || !left.is(Kind::pattern_list)) return {};
  Node target = left.first_child();
  for (const Node part : right.children()) {
    if (part.covers(value)) return target;
    target = target.next_sibling();
  }
  return {};
}

Node holder_of(Node expression) {
  for (int i = 0; i < kMaxDepth; ++i) {
    expression = without_parentheses(expression);
    if (expression.is(Kind::identifier) || expression.is(Kind::attribute)) return expression;
    if (expression.is(Kind::subscript)) {
      expression = expression.child(Field::value);
    } else if (expression.is(Kind::call)) {
      const Node function = expression.child(Field::function);
      const bool method = function.is(Kind::attribute) && gives_element(function.child(Field::attribute).text());
      const bool copy = function.is(Kind::identifier) && passes_on(function.text());
      if (!method && !copy) return {};
      expression = method ? function.child(Field::object) : argument(expression, "", 0);
    } else {
      return {};
    }
  }
  return {};
}

namespace {

bool is_task_type(const TypeSet& types, Context& context) {
  const Type* type = semantics::only(types);
  return type != nullptr && type->tag == Type::Tag::instance &&
         context.resolver().is_subclass(type->name, "asyncio.Task");
}

// `self._task` where some of what it is set to is not known (`task, self._task = self._task, None`), but nothing else
// than tasks and None is.
bool is_task_attribute(Node expression, Context& context) {
  if (!expression.is(Kind::attribute) || expression.child(Field::object).text() != "self") return false;
  const semantics::ClassEntry* entry = context.module().find_class(context.unit().container);
  if (entry == nullptr) return false;
  const auto found = entry->attributes.find(expression.child(Field::attribute).text());
  if (found == entry->attributes.end()) return false;
  bool task = false;
  for (const semantics::TermRef& value : found->second) {
    const TypeSet& types = context.resolver().type_of(*value.unit, value.term);
    if (semantics::only(types) == nullptr) continue;
    if (!is_task_type(types, context)) return false;
    task = true;
  }
  return task;
}

}  // namespace

bool is_task(Node expression, Context& context) {
  const TypeSet& types = context.type_of(expression);
  return semantics::only(types) == nullptr ? is_task_attribute(expression, context) : is_task_type(types, context);
}

bool is_owned_by_group(Node expression, Context& context) {
  expression = without_parentheses(expression);
  const knowledge::Spawner* spawner = expression.is(Kind::call) ? spawner_of(expression, context) : nullptr;
  return spawner != nullptr && !spawner->caller_owns;
}

Kept kept_by(Node call) {
  const Node function = call.is(Kind::call) ? call.child(Field::function) : Node();
  if (!function.is(Kind::attribute)) return {};
  const std::string_view method = function.child(Field::attribute).text();
  const bool first = method == "add" || method == "append" || method == "appendleft";
  if (!first && method != "insert") return {};
  return {function.child(Field::object), argument(call, "", first ? 0 : 1)};
}

}  // namespace surefoot::rules

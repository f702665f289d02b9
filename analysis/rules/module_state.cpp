#include "analysis/rules/module_state.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

Node owner_of_name(Node identifier, Context& context) {
  const std::string_view name = identifier.text();
  for (Node function = context.enclosing_function(identifier); function;
       function = context.enclosing_function(function)) {
    if (mentions(function.child(Field::parameters), name)) return function;
    const semantics::Frame& frame = context.names_of(function);
    if (frame.globals.contains(name)) return {};
    if (frame.slots.contains(name)) return function;
  }
  return {};
}

bool is_container_class(std::string_view name) {
  static constexpr std::array<std::string_view, 11> kNames = {"dict",
                                                              "list",
                                                              "set",
                                                              "collections.deque",
                                                              "collections.defaultdict",
                                                              "collections.Counter",
                                                              "collections.OrderedDict",
                                                              "typing.Deque",
                                                              "typing.DefaultDict",
                                                              "typing.Counter",
                                                              "bytearray"};
  return contains(kNames, name);
}

namespace {

bool is_counter(std::string_view name) { return name == "itertools.count"; }

// What calls the value, where a name has its value from a call of something that has no other type: `deque()`.
std::string_view made_by(const semantics::TermRef& value, Context& context) {
  const semantics::Term& term = value.unit->terms[value.term];
  if (term.op != semantics::Op::call) return {};
  const Type* called = semantics::only(context.resolver().type_of(*value.unit, term.a));
  return called != nullptr && called->tag == Type::Tag::object ? called->name : std::string_view();
}

// True when the import brings in a name of another file of the project.
bool is_of_project(std::string_view path, Context& context) {
  const std::size_t cut = path.rfind('.');
  if (cut == std::string_view::npos) return false;
  const std::string_view from = path.substr(0, cut == path.find_first_not_of('.') - 1 ? cut + 1 : cut);
  const TypeSet package = context.resolver().import(context.module(), from);
  const Type* module = semantics::only(package);
  return module != nullptr && module->module != nullptr;
}

// The class of what the name of a module holds; empty when it is not known, or not a value of the project's.
std::string_view class_of_name(Node name, Context& context) {
  const auto* values = name.is(Kind::identifier) ? context.module().find(name.text()) : nullptr;
  if (name.is(Kind::identifier) && values == nullptr) return {};
  const Type* type = semantics::only(context.type_of(name));
  const std::string_view known = type != nullptr && type->tag == Type::Tag::instance ? type->name : "";
  if (values == nullptr) return known;
  for (const semantics::TermRef& value : *values) {
    if (value.kind == semantics::BindingKind::import) {
      return is_of_project(value.unit->terms[value.term].name, context) ? known : std::string_view();
    }
    if (value.kind != semantics::BindingKind::assignment) return {};
    const std::string_view maker = known.empty() ? made_by(value, context) : std::string_view();
    if (is_container_class(maker) || is_counter(maker)) return maker;
  }
  return known;
}

// A name of this module, or an attribute of another module of the project; null for anything else.
Node module_name(Node expression, Context& context) {
  if (expression.is(Kind::identifier)) return owner_of_name(expression, context) ? Node() : expression;
  if (!expression.is(Kind::attribute)) return {};
  const Node object = expression.child(Field::object);
  const Type* type = object.is(Kind::identifier) ? semantics::only(context.type_of(object)) : nullptr;
  return type != nullptr && type->module != nullptr ? expression : Node();
}

// The container of the module that `expression` is, or is a part of: `users` of `users[key].tags`.
Node container_in(Node expression, Context& context) {
  expression = without_parentheses(expression);
  while (expression.is(Kind::subscript) || expression.is(Kind::attribute)) {
    const Node inner =
        without_parentheses(expression.child(expression.is(Kind::subscript) ? Field::value : Field::object));
    if (expression.is(Kind::attribute) && module_name(expression, context)) break;
    if (expression.is(Kind::attribute) && !inner.is(Kind::subscript)) return {};
    expression = inner;
  }
  const Node name = module_name(expression, context);
  return name && is_container_class(class_of_name(name, context)) ? name : Node();
}

bool is_declared_global(Node identifier, Context& context) {
  if (!identifier.ast().has(Kind::global_statement)) return false;
  const Node function = context.enclosing_function(identifier);
  if (!function.is(Kind::function_definition)) return false;
  const semantics::Frame& frame = context.names_of(function);
  return frame.globals.contains(identifier.text());
}

// `Stats.hits += 1`, of a class of this file.
bool is_number_of_class(Node target, Node statement, Context& context) {
  if (!statement.is(Kind::augmented_assignment) || !target.is(Kind::attribute)) return false;
  const Node object = target.child(Field::object);
  if (!object.is(Kind::identifier) || owner_of_name(object, context)) return false;
  const auto* values = context.module().find(object.text());
  return values != nullptr && values->size() == 1 && values->front().kind == semantics::BindingKind::class_;
}

// `state.orders += 1`, of another module of the project.
bool is_number_of_module(Node target, Node statement, Context& context) {
  return statement.is(Kind::augmented_assignment) && target.is(Kind::attribute) &&
         module_name(target, context) == target;
}

std::optional<StateWrite> write_to(Node target, Node value, Node statement, Context& context) {
  target = without_parentheses(target);
  if (target.is(Kind::identifier)) {
    if (!is_declared_global(target, context)) return std::nullopt;
    return StateWrite{target, target, value, true};
  }
  if (is_number_of_class(target, statement, context)) {
    return StateWrite{target, target.child(Field::object), value, false};
  }
  if (is_number_of_module(target, statement, context)) return StateWrite{target, target, value, false};
  if (!target.is(Kind::subscript) && !target.is(Kind::attribute)) return std::nullopt;
  const Node inner = target.child(target.is(Kind::subscript) ? Field::value : Field::object);
  const Node name = target.is(Kind::attribute) && !without_parentheses(inner).is(Kind::subscript)
                        ? Node()
                        : container_in(inner, context);
  return name ? std::optional(StateWrite{target, name, value, false}) : std::nullopt;
}

std::optional<StateWrite> write_by_assignment(Node node, Context& context) {
  const Node left = node.child(Field::left);
  Node value = without_parentheses(node.child(Field::right));
  while (value.is(Kind::assignment)) value = without_parentheses(value.child(Field::right));
  if (!left.is(Kind::pattern_list) && !left.is(Kind::tuple_pattern)) return write_to(left, value, node, context);
  for (const Node target : left.children()) {
    if (auto write = write_to(target, {}, node, context)) return write;
  }
  return std::nullopt;
}

std::optional<StateWrite> write_by_deletion(Node statement, Context& context) {
  Node first = statement.first_child();
  if (first.is(Kind::expression_list)) first = first.first_child();
  return first.is(Kind::subscript) ? write_to(first, {}, statement, context) : std::nullopt;
}

}  // namespace

bool changes_container(std::string_view method) {
  static constexpr std::array<std::string_view, 22> kNames = {"append",
                                                              "appendleft",
                                                              "extend",
                                                              "extendleft",
                                                              "insert",
                                                              "add",
                                                              "update",
                                                              "pop",
                                                              "popitem",
                                                              "popleft",
                                                              "remove",
                                                              "discard",
                                                              "clear",
                                                              "setdefault",
                                                              "subtract",
                                                              "rotate",
                                                              "sort",
                                                              "reverse",
                                                              "intersection_update",
                                                              "difference_update",
                                                              "symmetric_difference_update",
                                                              "move_to_end"};
  return contains(kNames, method);
}

namespace {

// The value that `append(value)`, `update(key=value)` and their like put in: the last argument.
Node value_put_in(Node call) {
  Node last = call.child(Field::arguments).last_child();
  if (last.is(Kind::keyword_argument)) last = last.child(Field::value);
  return without_parentheses(last);
}

std::optional<StateWrite> write_by_call(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (function.is(Kind::identifier)) {
    if (function.text() != "next") return std::nullopt;
    const Node counter = without_parentheses(argument(call, "", 0));
    const Node name = counter ? module_name(counter, context) : Node();
    if (!name || !is_counter(class_of_name(name, context))) return std::nullopt;
    return StateWrite{counter, name, {}, false};
  }
  if (!function.is(Kind::attribute) || !changes_container(function.child(Field::attribute).text())) return std::nullopt;
  const Node object = without_parentheses(function.child(Field::object));
  const Node name = container_in(object, context);
  return name ? std::optional(StateWrite{object, name, value_put_in(call), false}) : std::nullopt;
}

}  // namespace

std::optional<StateWrite> state_write_at(Node node, Context& context) {
  if (!context.enclosing_function(node)) return std::nullopt;
  switch (node.kind()) {
    case Kind::assignment:
    case Kind::augmented_assignment:
      return write_by_assignment(node, context);
    case Kind::delete_statement:
      return write_by_deletion(node, context);
    case Kind::call:
      return write_by_call(node, context);
    default:
      return std::nullopt;
  }
}

namespace {

// `self.items` of `self.items[key] = …`, `del self.items[key]`, `self.items.append(…)`, `self.count += 1`.
Node changed_by(Node node) {
  Node target = node.is(Kind::delete_statement) ? node.first_child() : node.child(Field::left);
  if (node.is(Kind::augmented_assignment) && target.is(Kind::attribute)) return target;
  if (node.is(Kind::call)) {
    const Node function = node.child(Field::function);
    const bool changes = function.is(Kind::attribute) && changes_container(function.child(Field::attribute).text());
    return changes ? without_parentheses(function.child(Field::object)) : Node();
  }
  return target.is(Kind::subscript) ? without_parentheses(target.child(Field::value)) : Node();
}

}  // namespace

std::optional<StateWrite> object_write_at(Node node, Context& context) {
  const Node attribute = changed_by(node);
  if (!attribute.is(Kind::attribute)) return std::nullopt;
  const Node function = context.enclosing_function(node);
  if (!function || function.child(Field::name).text().starts_with("__")) return std::nullopt;
  if (plain_term(attribute.child(Field::object), context).op != semantics::Op::self) return std::nullopt;
  const Type* type = semantics::only(context.type_of(attribute));
  const bool instance = type != nullptr && type->tag == Type::Tag::instance;
  const Node step = node.is(Kind::augmented_assignment) ? node.child(Field::right) : Node();
  const bool counts = attribute.field() == Field::left && (step.is(Kind::integer) || step.is(Kind::float_));
  if (!counts && !(instance && is_container_class(type->name))) return std::nullopt;
  const Node value = node.is(Kind::call) ? value_put_in(node) : without_parentheses(node.child(Field::right));
  return StateWrite{attribute, attribute.child(Field::attribute), value, false};
}

Node kept_object(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const Node object = function.is(Kind::attribute) ? without_parentheses(function.child(Field::object)) : Node();
  const Node name = object ? module_name(object, context) : Node();
  if (!name) return {};
  const std::string_view made = class_of_name(name, context);
  return !made.empty() && context.resolver().class_entry(made) != nullptr ? name : Node();
}

}  // namespace surefoot::rules

#include "analysis/rules/celery_tasks.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

using semantics::Function;
using semantics::UnitModel;

Node expression_of(Node decorator) {
  const Node expression = decorator.first_child();
  return expression.is(Kind::call) ? expression.child(Field::function) : expression;
}

// True for a name that speaks of Celery, or is imported from where one does: `from shop.celery import app`.
bool speaks_of_celery(const UnitModel& unit, Node object, Context& context) {
  if (has_word(object.text(), {"celery"})) return true;
  if (!object.is(Kind::identifier)) return false;
  const auto* bound = context.resolver().module_of(unit).find(object.text());
  if (bound == nullptr || bound->size() != 1 || bound->front().kind != semantics::BindingKind::import) return false;
  return has_word(bound->front().unit->terms[bound->front().term].name, {"celery"});
}

// `@celery_app.task` of an application that is not known, by its looks.
bool looks_like_celery(const UnitModel& unit, Node decorator, Context& context) {
  const Node expression = expression_of(decorator);
  return expression.is(Kind::attribute) && expression.child(Field::attribute).text() == "task" &&
         speaks_of_celery(unit, expression.child(Field::object), context);
}

// True for what a path names that leads to a module which is neither there nor in the tables.
bool is_out_of_sight(const Type& type, Context& context) {
  return type.tag == Type::Tag::object && type.function == nullptr && type.module == nullptr &&
         context.resolver().class_entry(type.name) == nullptr &&
         !knowledge::knows_module(type.name.substr(0, type.name.find('.')));
}

bool makes_task(const UnitModel& unit, Node decorator, Context& context) {
  const semantics::TermId term = unit.term_of(decorator.first_child());
  const Type* type = semantics::type_of_decorator(unit, term, context.resolver());
  const bool unknown = type == nullptr ? context.resolver().type_of(unit, expression_of(decorator)).empty()
                                       : is_out_of_sight(*type, context);
  if (unknown) return looks_like_celery(unit, decorator, context);
  if (type == nullptr) return false;
  if (type->function != nullptr) return false;
  const knowledge::Decorator* facts = knowledge::find_decorator(type->name);
  return facts != nullptr && facts->framework == "celery" && facts->context == knowledge::Context::task_worker;
}

bool is_task_class(std::string_view path, Context& context) {
  return !path.empty() &&
         context.resolver().is_subclass(context.module().name() + "." + std::string(path), "celery.Task");
}

// The function round the node that has a parameter of this name; null when none has.
Node owner_of_parameter(std::string_view name, Node node, Context& context) {
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    const Function* function =
        outer.is(Kind::function_definition) ? context.unit().function_at(outer.index()) : nullptr;
    if (function == nullptr) continue;
    for (const semantics::Parameter& parameter : function->parameters) {
      if (parameter.name == name) return outer;
    }
  }
  return {};
}

bool is_bound_self(Node identifier, Context& context) {
  const Node owner = owner_of_parameter(identifier.text(), identifier, context);
  if (!owner || context.unit().function_at(owner.index())->parameters.front().name != identifier.text()) return false;
  const Node decorator = celery_decorator(owner, context);
  return decorator && task_option(decorator, "bind").is(Kind::true_);
}

}  // namespace

Node celery_decorator(const UnitModel& unit, const Function& function, Context& context) {
  if (function.decorators.empty()) return {};
  for (const Node child : unit.unit->ast.node(function.statement).children()) {
    if (child.is(Kind::decorator) && makes_task(unit, child, context)) return child;
  }
  return {};
}

Node celery_decorator(Node definition, Context& context) {
  const Function* function = context.unit().function_at(definition.index());
  return function != nullptr ? celery_decorator(context.unit(), *function, context) : Node();
}

Node task_option(Node decorator, std::string_view name) {
  const Node call = decorator.first_child();
  return call.is(Kind::call) ? without_parentheses(argument(call, name)) : Node();
}

bool has_unseen_options(Node decorator) {
  const Node call = decorator.first_child();
  return call.is(Kind::call) && has_splat(call);
}

bool decorates_another(Node decorator) { return decorator.next_sibling().is(Kind::decorator); }

bool is_task_method(const Function& function, Context& context) {
  return function.name == "run" && is_task_class(function.container, context);
}

Node task_around(Node node, Context& context) {
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    const Function* function =
        outer.is(Kind::function_definition) ? context.unit().function_at(outer.index()) : nullptr;
    if (function == nullptr) continue;
    if (celery_decorator(context.unit(), *function, context)) return outer;
    if (is_task_method(*function, context)) return outer;
  }
  return {};
}

const Function* function_called_inline(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr) return nullptr;
  const Node called = call.child(Field::function);
  if (called.is(Kind::attribute) && called.child(Field::attribute).text() != callee->function->name) return nullptr;
  return celery_decorator(*callee->unit, *callee->function, context) ? callee->function : nullptr;
}

bool is_task_object(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (context.is_instance(expression, "celery.Task")) return true;
  if (expression.is(Kind::identifier) && is_bound_self(expression, context)) return true;
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::object) return false;
  if (type->function == nullptr) return false;
  return static_cast<bool>(celery_decorator(*type->unit, *type->function, context));
}

namespace {

constexpr std::array<std::string_view, 5> kEnqueues = {"delay", "apply_async", "delay_on_commit",
                                                       "apply_async_on_commit", "send_task"};
constexpr std::array<std::string_view, 4> kSignatures = {"s", "si", "signature", "subtask"};

std::string_view method_of(Node call) {
  const Node called = call.child(Field::function);
  return called.is(Kind::attribute) ? called.child(Field::attribute).text() : std::string_view();
}

// A method of a task, a signature or the application; also of a task whose application is not known.
bool is_of_celery(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee != nullptr) return callee->name.starts_with("celery.");
  return is_task_object(call.child(Field::function).child(Field::object), context);
}

// The arguments of a call behind the first few.
void add_arguments(Node call, int skipped, std::vector<Node>& values) {
  for (const Node child : call.child(Field::arguments).children()) {
    if (child.is(Kind::list_splat) || child.is(Kind::dictionary_splat) || skipped-- > 0) continue;
    values.push_back(without_parentheses(child.is(Kind::keyword_argument) ? child.child(Field::value) : child));
  }
}

void add_values(Node display, std::vector<Node>& values) {
  display = without_parentheses(display);
  if (display.is(Kind::call) && display.child(Field::function).text() == "dict") add_arguments(display, 0, values);
  const bool sequence = display.is(Kind::tuple) || display.is(Kind::list);
  if (!sequence && !display.is(Kind::dictionary)) return;
  for (const Node child : display.children()) {
    if (child.is(Kind::pair)) values.push_back(without_parentheses(child.child(Field::value)));
    if (sequence && !child.is(Kind::list_splat)) values.push_back(without_parentheses(child));
  }
}

}  // namespace

bool is_enqueue(Node call, Context& context) {
  return contains(kEnqueues, method_of(call)) && is_of_celery(call, context);
}

bool may_enqueue(const Callee& callee) { return contains(kEnqueues, callee.written); }

namespace {

// `partial(task.delay, user)`
bool is_partial_enqueue(Node call, Context& context) {
  if (!context.calls(call, "functools.partial")) return false;
  const Node first = without_parentheses(call.child(Field::arguments).first_child());
  const Type* type = first.is(Kind::attribute) ? semantics::only(context.type_of(first)) : nullptr;
  return type != nullptr && (type->is_object("celery.Task.delay") || type->is_object("celery.Task.s"));
}

}  // namespace

std::vector<Node> values_for_task(Node call, Context& context) {
  const std::string_view method = method_of(call);
  std::vector<Node> values;
  if (is_partial_enqueue(call, context)) add_arguments(call, 1, values);
  if ((!contains(kEnqueues, method) && !contains(kSignatures, method)) || !is_of_celery(call, context)) return values;
  if (method == "delay" || method == "delay_on_commit" || method == "s" || method == "si") {
    add_arguments(call, 0, values);
    return values;
  }
  const int first = method == "send_task" ? 1 : 0;
  if (const Node list = argument(call, "args", first)) add_values(list, values);
  if (const Node dictionary = argument(call, "kwargs", first + 1)) add_values(dictionary, values);
  return values;
}

}  // namespace surefoot::rules

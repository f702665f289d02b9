#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule context_variable_misuse;
const Rule context_variable_misuse{
    .code = "RT229",
    .name = "context-variable-misuse",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.is_one_of({"contextvars.ContextVar"}) || callee.is_written({"set"}); },
    .confirm = confirm,
};

namespace {

constexpr std::string_view kContextVar = "contextvars.ContextVar";

// Report::variant
constexpr int kDefault = 0;
constexpr int kSet = 1;
constexpr int kDataclass = 2;  // the default is an instance of a dataclass, which may be frozen

bool is_mutable_class(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kNames = {"list",
                                                              "dict",
                                                              "set",
                                                              "bytearray",
                                                              "collections.deque",
                                                              "collections.defaultdict",
                                                              "collections.OrderedDict",
                                                              "collections.Counter",
                                                              "array.array",
                                                              "weakref.WeakKeyDictionary"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() || name == "weakref.WeakSet" ||
         name == "weakref.WeakValueDictionary" || name == "collections.ChainMap" || name == "collections.UserDict";
}

bool is_mutable(Node value, Context& context) {
  value = without_parentheses(value);
  switch (value.kind()) {
    case Kind::list:
    case Kind::dictionary:
    case Kind::set:
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dictionary_comprehension:
      return true;
    default:
      break;
  }
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  if (callee != nullptr && callee->is_object("tuple")) return false;  // a list to the types
  if (callee != nullptr && callee->tag == Type::Tag::object && is_mutable_class(callee->name)) return true;
  const Type* type = semantics::only(context.type_of(value));
  return type != nullptr && type->tag == Type::Tag::instance && is_mutable_class(type->name);
}

// The class of this file that the call makes an instance of; null when it makes none.
const semantics::ClassEntry* made_class(Node value, Context& context) {
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  const std::string prefix = context.module().name() + ".";
  if (callee == nullptr || callee->tag != Type::Tag::object || !callee->name.starts_with(prefix)) return nullptr;
  return context.module().find_class(callee->name.substr(prefix.size()));
}

bool is_dataclass(const semantics::ClassEntry& entry, Context& context) {
  for (const semantics::TermId decorator : entry.definition->decorators) {
    const Type* type = semantics::type_of_decorator(*entry.unit, decorator, context.resolver());
    if (type != nullptr && type->is_object("dataclasses.dataclass")) return true;
  }
  return false;
}

// `ContextVar(…)`, `ContextVar[dict](…)`.
bool makes_variable(Node call, Context& context) {
  Node function = call.child(Field::function);
  if (function.is(Kind::subscript)) function = function.child(Field::value);
  const Type* type = semantics::only(context.type_of(function));
  return type != nullptr && type->is_object(kContextVar);
}

void check_default(Node call, Context& context) {
  const Node value = argument(call, "default");
  if (!value) return;
  const semantics::ClassEntry* made = made_class(without_parentheses(value), context);
  const bool dataclass = made != nullptr && is_dataclass(*made, context);
  if (!dataclass && !is_mutable(value, context)) return;
  Report& report = context.report(
      context_variable_misuse, call,
      fmt::format("The default `{}` is one object that all contexts share: what one of them changes, all see",
                  value.text().substr(0, value.text().find('\n'))));
  report.span = value.span();
  report.variant = dataclass ? kDataclass : kDefault;
}

const semantics::Function* model_of(Node definition, Context& context) {
  return context.unit().function_at(definition.index());
}

bool has_request_parameter(const semantics::Function& function) {
  return std::any_of(function.parameters.begin(), function.parameters.end(), [](const semantics::Parameter& one) {
    return one.name == "request" || one.name == "req" || one.name == "scope" || one.name == "environ";
  });
}

// True for a function that runs once a request: a route, a middleware, a view, a dependency.
bool serves_request(Node definition, Context& context) {
  const semantics::Function* function = model_of(definition, context);
  if (function == nullptr) return false;
  return has_request_parameter(*function) || served_by_declaration(definition, context) == Served::request ||
         has_word(function->name, {"middleware", "dispatch"});
}

void check_set(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "set") return;
  const Node variable = function.child(Field::object);
  if (!last_part(variable) || !context.is_instance(variable, kContextVar)) return;
  const Node definition = context.enclosing_function(call);
  if (!definition.is(Kind::function_definition) || !serves_request(definition, context)) return;
  Report& report = context.report(context_variable_misuse, call,
                                  fmt::format("`{}` is set for this request and nothing resets it: the value may be "
                                              "seen by what runs in this context later",
                                              variable.text()));
  report.variant = kSet;
}

void check(Node call, Context& context) {
  if (makes_variable(call, context)) {
    check_default(call, context);
  } else if (context.strict()) {
    check_set(call, context);
  }
}

bool is_frozen(Node call, Context& context) {
  const semantics::ClassEntry* made = made_class(without_parentheses(argument(call, "default")), context);
  if (made == nullptr) return true;
  const Node decorated = made->unit->unit->ast.node(made->definition->node).parent();
  bool frozen = false;
  for (const Node decorator : decorated.children()) {
    const Node maker = decorator.is(Kind::decorator) ? decorator.first_child() : Node();
    frozen = frozen || (maker.is(Kind::call) && argument(maker, "frozen").is(Kind::true_));
  }
  return frozen;
}

// True for a place in the function that resets the variable.
bool is_reset(Node place) {
  const Node method = place.parent();
  return method.is(Kind::attribute) && method.child(Field::attribute).text() == "reset";
}

// Another function of the file may reset the variable, if the token was kept.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kDataclass) return !is_frozen(call, context);
  if (report.variant != kSet) return true;
  const Node variable = call.child(Field::function).child(Field::object);
  const std::string_view name = last_part(variable).text();
  bool reset = false;
  if (call.parent().is(Kind::expression_statement)) {
    for_each_mention_in(context.enclosing_function(call), name, [&](Node place) { reset = reset || is_reset(place); });
    return !reset;
  }
  for_each_identifier(name, context, [&](Node identifier, Context&) {
    const Node place = whole_name(identifier);
    reset = reset || (place && is_reset(place));
  });
  return !reset;
}

}  // namespace
}  // namespace surefoot::rules

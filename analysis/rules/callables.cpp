#include "analysis/rules/callables.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {

using knowledge::Effect;
using semantics::ClassEntry;
using semantics::Function;
using semantics::UnitModel;

namespace {

constexpr int kMaxDepth = 16;

// Builtin functions and classes whose values cannot be called (Python library reference, "Built-in Functions").
bool gives_plain_value(std::string_view builtin) {
  static constexpr std::array<std::string_view, 40> kNames = {
      "abs",  "all", "any",    "ascii",     "bin",        "bool",       "bytearray", "bytes",  "chr",       "complex",
      "dict", "dir", "divmod", "enumerate", "exec",       "filter",     "float",     "format", "frozenset", "hash",
      "hex",  "id",  "input",  "int",       "isinstance", "issubclass", "iter",      "len",    "list",      "map",
      "open", "ord", "pow",    "print",     "range",      "repr",       "sorted",    "str",    "sum",       "zip"};
  return contains(kNames, builtin) || builtin == "set" || builtin == "tuple" || builtin == "reversed" ||
         builtin == "round";
}

// Modules of Python's library whose classes are data and nothing else.
bool is_data_class(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kModules = {"collections.", "datetime.", "decimal.", "fractions.",
                                                               "uuid."};
  return !name.starts_with("collections.abc.") &&
         std::any_of(kModules.begin(), kModules.end(),
                     [&](std::string_view module) { return name.starts_with(module); });
}

// Of the instances of a class.
Callability instances_of(std::string_view name, Context& context, int depth) {
  if (depth > kMaxDepth || name == "type") return Callability::unknown;
  if (name.starts_with('<') || name.find('.') == std::string_view::npos) return Callability::no;
  if (const ClassEntry* entry = project_class(name, context)) {
    if (entry->attributes.contains("__call__")) return Callability::yes;
    for (const semantics::TermId base : entry->definition->bases) {
      const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
      if (type == nullptr) return Callability::unknown;
      if (const Callability one = instances_of(type->name, context, depth + 1); one != Callability::no) return one;
    }
    return Callability::no;
  }
  if (knowledge::find_class(name) == nullptr) return is_data_class(name) ? Callability::no : Callability::unknown;
  const knowledge::Callable* method = knowledge::find_method(name, "__call__");
  return method != nullptr && !method->name.ends_with(".*") ? Callability::yes : Callability::no;
}

Callability of_type(const Type& type, Context& context) {
  switch (type.tag) {
    case Type::Tag::none:
      return Callability::no;
    case Type::Tag::awaitable:
      return Callability::coroutine;
    case Type::Tag::instance:
      if (type.is_instance("typing.Callable")) return Callability::yes;
      return instances_of(type.name, context, 0);
    case Type::Tag::object:
    case Type::Tag::lambda:
      return Callability::yes;
  }
  return Callability::unknown;
}

// Kinds of expression whose value nobody calls, whatever they are made of.
bool is_plain_value(Node expression) {
  static constexpr std::array kKinds = {Kind::binary_operator,
                                        Kind::comparison_operator,
                                        Kind::concatenated_string,
                                        Kind::dictionary,
                                        Kind::dictionary_comprehension,
                                        Kind::expression_list,
                                        Kind::false_,
                                        Kind::float_,
                                        Kind::generator_expression,
                                        Kind::integer,
                                        Kind::list,
                                        Kind::list_comprehension,
                                        Kind::none,
                                        Kind::not_operator,
                                        Kind::set,
                                        Kind::set_comprehension,
                                        Kind::string,
                                        Kind::true_,
                                        Kind::tuple,
                                        Kind::unary_operator};
  expression = without_parentheses(expression);
  return !expression || contains(kKinds, expression.kind());
}

template <std::size_t size>
bool has_word(std::string_view name, const std::array<std::string_view, size>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

// Names of functions that are there to give functions.
bool is_factory_name(std::string_view name) {
  static constexpr std::array<std::string_view, 21> kWords = {
      "attr", "bind", "callable", "callback", "command", "compose", "curry",  "decorat", "factory", "func", "handler",
      "hook", "job",  "make",     "method",   "partial", "runner",  "target", "task",    "worker",  "wrap"};
  return has_word(name, kWords);
}

// Names of functions that give whatever was put somewhere.
bool is_lookup_name(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kWords = {"build",  "create", "get",     "load",
                                                             "lookup", "pop",    "resolve", "select"};
  return has_word(name, kWords);
}

// The code of one function, seen from its own unit.
class Body {
 public:
  Body(const UnitModel& unit, const Function& function, Context& context)
      : unit_(unit), function_(function), definition_(unit.unit->ast.node(function.node)), context_(context) {}

  Callability result() {
    const Node body = definition_.child(Field::body);
    if (!body || is_stub(body)) return Callability::unknown;
    bool unknown = false;
    for (std::uint32_t i = body.index(); i < body.after(); ++i) {
      const Node node = body.ast().node(i);
      if (node.is(Kind::function_definition) || node.is(Kind::lambda) || node.is(Kind::class_definition)) {
        i = node.after() - 1;
      } else if (node.is(Kind::return_statement)) {
        const Node value = without_parentheses(node.first_child());
        const Callability one = of_value(value);
        if (one == Callability::yes || one == Callability::coroutine) return one;
        unknown = unknown || one == Callability::unknown;
      } else if (node.is(Kind::call)) {
        works_ = works_ || does_work(node);
      }
    }
    return unknown && !works_ ? Callability::unknown : Callability::no;
  }

 private:
  Callability of_value(Node value) {
    if (!value || is_plain_value(value)) return Callability::no;
    const TypeSet& types = context_.resolver().type_of(unit_, value);
    if (!types.empty()) return callability(types, context_);
    const bool computed = !is_factory_name(function_.name) && is_computed(value, 0);
    return computed ? Callability::no : Callability::unknown;
  }

  // True for a value of no known type that is worked out here: not looked up, not handed in, not a function.
  bool is_computed(Node value, int depth) {
    value = without_parentheses(value);
    if (is_plain_value(value)) return true;
    if (value.is(Kind::await)) return is_computed(value.first_child(), depth);
    if (value.is(Kind::call)) {
      const Node name = value.child(Field::function);
      const bool named = name.is(Kind::identifier) || name.is(Kind::attribute);
      const std::string_view text = name.is(Kind::attribute) ? name.child(Field::attribute).text() : name.text();
      return named && !is_factory_name(text) && !is_lookup_name(text);
    }
    return value.is(Kind::identifier) && depth < 4 && all_bindings_computed(value.text(), depth + 1);
  }

  bool all_bindings_computed(std::string_view name, int depth) {
    bool found = false;
    const Node body = definition_.child(Field::body);
    for (std::uint32_t i = body.index(); i < body.after(); ++i) {
      const Node node = body.ast().node(i);
      const bool defines = node.is(Kind::function_definition) || node.is(Kind::class_definition);
      if (defines && node.child(Field::name).text() == name) return false;
      if (!node.is(Kind::identifier) || node.text() != name || !is_binding_place(node)) continue;
      const Node parent = node.parent();
      if (parent.is(Kind::attribute) || parent.is(Kind::keyword_argument)) continue;
      const bool assigned = parent.is(Kind::assignment) && node.field() == Field::left;
      if (!assigned || !is_computed(parent.child(Field::right), depth)) return false;
      found = true;
    }
    return found;
  }

  // What makes functions blocks rarely; what blocks is made to give a result.
  bool does_work(Node call) {
    const Type* callee = semantics::only(context_.resolver().type_of(unit_, call.child(Field::function)));
    if (callee == nullptr || callee->callable == nullptr || callee->callable->is_async) return false;
    constexpr Effect kWork = Effect::blocks_sleep | Effect::blocks_network | Effect::blocks_database |
                             Effect::blocks_file | Effect::blocks_subprocess | Effect::blocks_cpu;
    return any(effects_of(call, *callee->callable) & kWork);
  }

  const UnitModel& unit_;
  const Function& function_;
  Node definition_;
  Context& context_;
  bool works_ = false;
};

bool keeps_result(const Type* decorator) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "staticmethod",    "classmethod",     "functools.lru_cache",       "functools.cache",
      "functools.wraps", "typing.override", "typing_extensions.override"};
  return decorator != nullptr && contains(kNames, decorator->name);
}

Callability of_function(const UnitModel& unit, const Function& function, Context& context) {
  for (const semantics::TermId decorator : function.decorators) {
    if (!keeps_result(semantics::only(context.resolver().type_of(unit, decorator)))) return Callability::unknown;
  }
  if (function.is_generator) return Callability::no;
  if (function.is_async) return Callability::coroutine;
  const Node declared = unit.unit->ast.node(function.node).child(Field::return_type);
  if (declared) {
    const TypeSet types = context.resolver().call_function(unit, function);
    if (!types.empty()) return callability(types, context);
    if (declared.text().find("Callable") != std::string_view::npos) return Callability::yes;
  }
  return Body(unit, function, context).result();
}

Callability of_known(const Type& callee, Node call, Context& context) {
  const knowledge::Bridge* bridge = knowledge::find_bridge(callee.name);
  if (bridge != nullptr && bridge->arguments == knowledge::Handover::later) return Callability::yes;
  if (callee.callable->is_async) return Callability::coroutine;
  if (!callee.callable->returns.empty()) {
    return callability(context.resolver().parse_type(callee.callable->returns), context);
  }
  if (!callee.callable->item.empty()) return Callability::no;
  if (knowledge::find_class(callee.name) != nullptr) return instances_of(callee.name, context, 0);
  constexpr Effect kWaits = Effect::blocks_sleep | Effect::blocks_network | Effect::blocks_database |
                            Effect::blocks_file | Effect::blocks_subprocess | Effect::blocks_wait;
  return any(effects_of(call, *callee.callable) & kWaits) ? Callability::no : Callability::unknown;
}

}  // namespace

Callability callability(const TypeSet& types, Context& context) {
  if (types.empty()) return Callability::unknown;
  const Callability first = of_type(types.front(), context);
  for (const Type& type : types) {
    if (of_type(type, context) != first) return Callability::unknown;
  }
  return first;
}

Callability callability_of_result(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr) return Callability::unknown;
  if (callee->tag == Type::Tag::lambda) return callability(callee->arguments->front(), context);
  if (callee->tag != Type::Tag::object) return Callability::unknown;
  if (callee->function != nullptr) return of_function(*callee->unit, *callee->function, context);
  if (project_class(callee->name, context) != nullptr) return instances_of(callee->name, context, 0);
  if (callee->callable != nullptr) return of_known(*callee, call, context);
  return gives_plain_value(callee->name) ? Callability::no : Callability::unknown;
}

bool is_memoized(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  return model != nullptr && std::any_of(model->decorators.begin(), model->decorators.end(), [&](auto decorator) {
           const Type* type = semantics::type_of_decorator(context.unit(), decorator, context.resolver());
           return type != nullptr && (type->name == "functools.lru_cache" || type->name == "functools.cache");
         });
}

bool may_be_override(Node function, Context& context) {
  const std::string_view path = context.enclosing_class(function);
  if (path.empty()) return false;
  const ClassEntry* entry = context.module().find_class(path);
  return entry == nullptr || !entry->definition->bases.empty() || !entry->definition->decorators.empty();
}

namespace {

template <typename Test>
bool every_statement(Node body, const Test& test) {
  for (const Node statement : body.children()) {
    if (!test(statement)) return false;
  }
  return true;
}

bool says_nothing(Node statement) {
  const Node only = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  return statement.is(Kind::pass_statement) || statement.is(Kind::raise_statement) || only.is(Kind::ellipsis) ||
         only.is(Kind::string);
}

bool is_constant(Node value) {
  if (!value) return true;
  const Node plain = without_parentheses(value);
  const bool text = plain.is(Kind::string) && !plain.child(Kind::interpolation);
  const bool literal = plain.is(Kind::none) || plain.is(Kind::true_) || plain.is(Kind::false_) ||
                       plain.is(Kind::integer) || plain.is(Kind::float_) || text;
  const bool empty =
      (plain.is(Kind::list) || plain.is(Kind::dictionary) || plain.is(Kind::tuple)) && !plain.first_child();
  return literal || empty;
}

}  // namespace

bool is_stub(Node body) {
  return every_statement(body, [](Node statement) {
    return says_nothing(statement) || (statement.is(Kind::return_statement) && is_constant(statement.first_child()));
  });
}

bool is_placeholder(Node body) { return every_statement(body, says_nothing); }

}  // namespace surefoot::rules

#include "analysis/rules/awaitable_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

// Attributes of coroutines, and of futures and the objects that stand for them where it may be one of those.
bool is_own_attribute(std::string_view name, Awaitable kind) {
  static const text::Words coroutine("send throw close");
  static const text::Words future(
      "add_done_callback remove_done_callback cancel cancelled done result exception set_result set_exception get_loop "
      "get_name set_name get_stack print_stack uncancel cancelling");
  return coroutine.contain(name) || (kind == Awaitable::any && future.contain(name)) || name.starts_with("__") ||
         name.starts_with("cr_") || name.starts_with("gi_");
}

bool is_string(Node expression, Context& context) {
  expression = without_parentheses(expression);
  return expression.is(Kind::string) || expression.is(Kind::concatenated_string) ||
         context.is_instance(expression, "str");
}

// `logger.info`, by its type, or where nothing is known of that, by a name that means a logger.
bool is_logging(Node function, std::string_view callee) {
  static const text::Words verbs("debug info warning warn error exception critical fatal log success trace notice msg");
  const Node method = function.child(Field::attribute);
  if (!verbs.contain(callee.empty() ? method.text() : last_part(callee))) return false;
  if (!callee.empty() && callee.find('.') != std::string_view::npos) {
    if (has_word(callee.substr(0, callee.rfind('.')), {"logging", "logger", "structlog", "loguru", "log"})) return true;
  }
  return method && has_word(function.child(Field::object).text(), {"logger", "log", "logging"});
}

// What a function of Python or its library does with its arguments.
Misuse taken_by(std::string_view callee) {
  static const text::Words truth("bool");
  static const text::Words format("print str repr format ascii");
  static const text::Words iterate(
      "list tuple set frozenset dict sorted sum min max any all enumerate zip iter next reversed len map filter");
  static const text::Words compute(
      "int float complex abs round range ord chr hex bin divmod pow bytes bytearray json.dumps json.loads json.dump");
  if (truth.contain(callee)) return Misuse::truth;
  if (format.contain(callee)) return Misuse::formatted;
  if (iterate.contain(callee)) return Misuse::iterated;
  return compute.contain(callee) ? Misuse::computed : Misuse::none;
}

// `isinstance(value, Awaitable)`, not `isinstance(value, str)`.
bool asks_for_awaitable(Node call) {
  const std::string_view type = argument(call, "", 1).text();
  return type.find("types.") != std::string_view::npos || type.find("Awaitable") != std::string_view::npos ||
         type.find("Coroutine") != std::string_view::npos || type.find("Future") != std::string_view::npos ||
         type.find("Task") != std::string_view::npos;
}

Misuse as_argument(Node argument, Node call, Context& context) {
  const Node function = call.child(Field::function);
  const Type* type = context.callee(call);
  const std::string_view callee = type != nullptr && type->tag == Type::Tag::object ? type->name : std::string_view();
  if (type != nullptr && type->function != nullptr) return Misuse::none;
  if (is_logging(function, callee)) return Misuse::formatted;
  if (callee == "isinstance") return asks_for_awaitable(call) ? Misuse::none : Misuse::compared;
  const bool first = argument == call.child(Field::arguments).first_child();
  if ((callee == "map" || callee == "filter") && first) return Misuse::none;
  if (const Misuse misuse = taken_by(callee); misuse != Misuse::none) return misuse;
  if (!function.is(Kind::attribute) || !is_string(function.child(Field::object), context)) return Misuse::none;
  const std::string_view method = function.child(Field::attribute).text();
  if (method == "format") return Misuse::formatted;
  return method == "join" ? Misuse::iterated : Misuse::none;
}

// The call that takes a display or comprehension as its one argument; null when there is none.
Node taker_of(Node container) {
  const Node parent = container.parent();
  if (parent.is(Kind::call) && container.field() == Field::arguments) return parent;
  return parent.is(Kind::argument_list) && parent.parent().is(Kind::call) ? parent.parent() : Node();
}

// An element of what `any(…)`, `sum(…)`, `", ".join(…)` or `"%s" % (…)` gets.
Misuse as_element(Node container, Context& context) {
  const Node outer = container.parent();
  if (container.is(Kind::tuple) && outer.is(Kind::binary_operator) && container.field() == Field::right &&
      outer.child(Field::operator_).text() == "%" && is_string(outer.child(Field::left), context)) {
    return Misuse::formatted;
  }
  const Node call = taker_of(container);
  if (!call) return Misuse::none;
  if (context.calls(call, "any") || context.calls(call, "all")) return Misuse::truth;
  if (context.calls(call, "sum")) return Misuse::computed;
  const Node function = call.child(Field::function);
  const bool joins = function.is(Kind::attribute) && function.child(Field::attribute).text() == "join";
  return joins && is_string(function.child(Field::object), context) ? Misuse::computed : Misuse::none;
}

Misuse in_comparison(Node operand, Node comparison) {
  std::string_view before;
  for (const Node child : comparison.children()) {
    if (child == operand) break;
    before = child.text();
  }
  const bool in = before == "in" || (before.starts_with("not") && before.ends_with("in"));
  return in ? Misuse::contained : Misuse::compared;
}

Misuse in_arithmetic(Node operand, Node operation, Context& context) {
  const bool formats = operand.field() == Field::right && operation.child(Field::operator_).text() == "%" &&
                       is_string(operation.child(Field::left), context);
  return formats ? Misuse::formatted : Misuse::computed;
}

bool is_pattern(Node target) {
  return target.is(Kind::pattern_list) || target.is(Kind::tuple_pattern) || target.is(Kind::list_pattern);
}

// The value of the parent is that of the child.
bool flows_on(Node child, Node parent) {
  if (parent.is(Kind::parenthesized_expression)) return true;
  if (parent.is(Kind::boolean_operator)) return child.field() == Field::right;
  if (parent.is(Kind::named_expression)) return child.field() == Field::value;
  return parent.is(Kind::conditional_expression) && (child == parent.first_child() || child == parent.last_child());
}

Misuse in_statement(Node child, Node parent) {
  switch (parent.kind()) {
    case Kind::if_statement:
    case Kind::elif_clause:
    case Kind::while_statement:
      return child.field() == Field::condition ? Misuse::truth : Misuse::none;
    case Kind::assert_statement:
      return child == parent.first_child() ? Misuse::truth : Misuse::none;
    case Kind::for_statement:
    case Kind::for_in_clause:
      return child.field() == Field::right ? Misuse::iterated : Misuse::none;
    case Kind::assignment:
      return child.field() == Field::right && is_pattern(parent.child(Field::left)) ? Misuse::unpacked : Misuse::none;
    case Kind::augmented_assignment:
      return Misuse::computed;
    case Kind::match_statement:
      return child.field() == Field::subject ? Misuse::compared : Misuse::none;
    case Kind::raise_statement:
      return child == parent.first_child() ? Misuse::raised : Misuse::none;
    case Kind::with_item:
      return Misuse::entered;
    case Kind::as_pattern:
      return parent.parent().is(Kind::with_item) ? Misuse::entered : Misuse::none;
    default:
      return Misuse::none;
  }
}

Misuse in_expression(Node child, Node parent, Awaitable kind, Context& context) {
  switch (parent.kind()) {
    case Kind::not_operator:
    case Kind::if_clause:
    case Kind::boolean_operator:
    case Kind::conditional_expression:
      return Misuse::truth;
    case Kind::comparison_operator:
      return in_comparison(child, parent);
    case Kind::binary_operator:
      return in_arithmetic(child, parent, context);
    case Kind::unary_operator:
      return Misuse::computed;
    case Kind::interpolation:
      return Misuse::formatted;
    case Kind::attribute:
      return is_own_attribute(parent.child(Field::attribute).text(), kind) ? Misuse::none : Misuse::attribute;
    case Kind::subscript:
      return child.field() == Field::value ? Misuse::subscripted : Misuse::key;
    case Kind::slice:
      return Misuse::key;
    case Kind::call:
      return child.field() == Field::function ? Misuse::called : Misuse::none;
    case Kind::argument_list:
      return parent.parent().is(Kind::call) ? as_argument(child, parent.parent(), context) : Misuse::none;
    case Kind::list_splat:
    case Kind::dictionary_splat:
      return Misuse::iterated;
    case Kind::tuple:
    case Kind::list:
    case Kind::set:
      return as_element(parent, context);
    case Kind::generator_expression:
    case Kind::list_comprehension:
    case Kind::set_comprehension:
      return child.field() == Field::body ? as_element(parent, context) : Misuse::none;
    default:
      return in_statement(child, parent);
  }
}

}  // namespace

WrongUse wrong_use(Node expression, Awaitable kind, Context& context) {
  Node child = expression;
  Node parent = child.parent();
  for (; parent && flows_on(child, parent); child = parent, parent = parent.parent()) {
  }
  if (!parent) return {};
  const Misuse misuse = in_expression(child, parent, kind, context);
  return {misuse, misuse == Misuse::none ? Node() : parent, {}};
}

namespace {

Node whole_value(Node read) {
  Node value = read;
  while (value.parent().is(Kind::parenthesized_expression) || value.parent().is(Kind::list_splat))
    value = value.parent();
  return value;
}

// Code that knows what it has: it awaits the value, hands it to asyncio or asks what it is.
bool is_awaited(Node read, Awaitable kind, Context& context) {
  const Node parent = whole_value(read).parent();
  if (parent.is(Kind::await) || parent.is(Kind::with_item) || parent.is(Kind::as_pattern)) return true;
  if (parent.is(Kind::attribute)) return is_own_attribute(parent.child(Field::attribute).text(), kind);
  const Node call = parent.is(Kind::argument_list) ? parent.parent() : Node();
  const Type* callee = call ? context.callee(call) : nullptr;
  if (callee == nullptr || callee->function != nullptr) return false;
  if (callee->name == "isinstance") return asks_for_awaitable(call);
  static constexpr std::array<std::string_view, 4> kModules = {"asyncio.", "anyio.", "inspect.", "trio."};
  return std::any_of(kModules.begin(), kModules.end(),
                     [&](std::string_view module) { return callee->name.starts_with(module); });
}

// Code that collects what may be a coroutine for others to await.
bool is_handed_on(Node read, Context& context) {
  const Node value = whole_value(read);
  switch (value.parent().kind()) {
    case Kind::argument_list:
      return wrong_use(value, Awaitable::any, context).misuse == Misuse::none;
    case Kind::keyword_argument:
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::pair:
    case Kind::yield:
      return true;
    default:
      return false;
  }
}

// The local that the value is bound to, and to nothing else.
Node bound_local(Node expression) {
  Node value = expression;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  Node target;
  if (parent.is(Kind::assignment) && value.field() == Field::right) target = parent.child(Field::left);
  if (parent.is(Kind::named_expression) && value.field() == Field::value) target = parent.child(Field::name);
  return target.is(Kind::identifier) ? target : Node();
}

// Which of the values that a read may see is the one asked for.
enum class Reach : std::uint8_t { none, some, all };

Reach reach(const semantics::UnitModel& unit, semantics::TermId read, semantics::TermId value, int depth) {
  if (read == value) return Reach::all;
  const semantics::Term& term = unit.terms[read];
  if (term.op != semantics::Op::join || depth > 6) return Reach::none;
  for (const semantics::TermId operand : unit.operands[term.b]) {
    if (operand != semantics::kUnknown && reach(unit, operand, value, depth + 1) != Reach::none) return Reach::some;
  }
  return Reach::none;
}

// Whether there is a value at all is a fair question where there may be none.
bool may_ask(Misuse misuse) {
  return misuse == Misuse::truth || misuse == Misuse::compared || misuse == Misuse::formatted;
}

// The reads of one local in its function.
class LocalReads {
 public:
  LocalReads(Node target, Node function, Awaitable kind, Context& context)
      : target_(target), function_(function), kind_(kind), context_(context) {}

  WrongUse first_wrong_use() {
    const Node body = function_.child(Field::body);
    for (std::uint32_t i = body.index(); i < body.after(); ++i) {
      const Node node = body.ast().node(i);
      if (!node.is(Kind::identifier) || node.text() != target_.text() || is_binding_place(node)) continue;
      if (is_awaited(node, kind_, context_) || context_.enclosing_function(node) != function_) return {};
      collected_ = collected_ || is_handed_on(node, context_);
      look_at(node);
    }
    return certain_.place || collected_ || !function_.is_async() ? certain_ : asked_;
  }

 private:
  void look_at(Node read) {
    const semantics::UnitModel& unit = context_.unit();
    const Reach reached = reach(unit, unit.term_of(read), unit.term_of(target_), 0);
    if (reached == Reach::none || certain_.place) return;
    const WrongUse use = wrong_use(read, kind_, context_);
    if (use.misuse == Misuse::key) return;
    WrongUse& found = reached == Reach::some && may_ask(use.misuse) ? asked_ : certain_;
    if (!found.place) found = use;
  }

  Node target_, function_;
  Awaitable kind_;
  Context& context_;
  WrongUse certain_;  // wrong wherever the value gets there
  WrongUse asked_;    // wrong unless there may be no coroutine
  bool collected_ = false;
};

}  // namespace

WrongUse wrong_use_of_local(Node expression, Awaitable kind, Context& context) {
  const Node target = bound_local(expression);
  const Node function = target ? context.enclosing_function(target) : Node();
  if (!function.is(Kind::function_definition)) return {};
  WrongUse use = LocalReads(target, function, kind, context).first_wrong_use();
  use.local = target;
  return use;
}

std::string describe(const WrongUse& use) {
  switch (use.misuse) {
    case Misuse::none:
      return "";
    case Misuse::truth:
      return "is always true";
    case Misuse::compared:
      return "is compared";
    case Misuse::contained:
      return "is searched with `in`";
    case Misuse::computed:
      return "is computed with";
    case Misuse::formatted:
      return "is turned into text";
    case Misuse::iterated:
      return "is iterated over";
    case Misuse::unpacked:
      return "is unpacked";
    case Misuse::subscripted:
      return "is subscripted";
    case Misuse::key:
      return "is used as a key";
    case Misuse::attribute:
      return fmt::format("is asked for `.{}`", use.place.child(Field::attribute).text());
    case Misuse::called:
      return "is called";
    case Misuse::entered:
      return "is entered";
    case Misuse::raised:
      return "is raised";
  }
  return "";
}

}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analysis/rules/rule.hpp"
#include "analysis/rules/timeouts.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);

}  // namespace

extern const Rule relative_deadline_recomputed;
const Rule relative_deadline_recomputed{
    .code = "RT406",
    .name = "relative-deadline-recomputed",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::function_definition},
    .check = check,
};

namespace {

bool is_same(Node argument, std::string_view name) {
  argument = without_parentheses(argument);
  return argument.is(Kind::identifier) && argument.text() == name;
}

bool is_given_to_project(Node call, std::string_view name, const semantics::Function& function) {
  const int bound = call.child(Field::function).is(Kind::attribute) && !function.container.empty() ? 1 : 0;
  for (int i = bound; i < static_cast<int>(function.parameters.size()); ++i) {
    const semantics::Parameter& one = function.parameters[static_cast<std::size_t>(i)];
    if (one.kind != semantics::Parameter::Kind::normal) break;
    if (has_word(one.name, {"timeout"}) && is_same(argument(call, one.name, i - bound), name)) return true;
  }
  return false;
}

// True when the call is given the whole timeout as its limit.
bool is_given(Node call, std::string_view name, Context& context) {
  for (const Node argument : call.child(Field::arguments).children()) {
    if (!argument.is(Kind::keyword_argument) || !is_same(argument.child(Field::value), name)) continue;
    return has_word(argument.child(Field::name).text(), {"timeout"});
  }
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  if (callee->name == "asyncio.wait_for") return is_same(argument(call, "timeout", 1), name);
  if (callee->function != nullptr) return is_given_to_project(call, name, *callee->function);
  if (callee->callable == nullptr) return false;
  const knowledge::Argument& limit = callee->callable->timeout;
  return !limit.parameter.empty() && is_same(argument(call, limit), name);
}

// `bool(send(data, timeout))`: a plain value is made of what was waited for.
bool is_converted(Node call, Context& context) {
  const Node outer = call.parent().is(Kind::argument_list) ? call.parent().parent() : Node();
  const Type* callee = outer.is(Kind::call) ? context.callee(outer) : nullptr;
  static constexpr std::array<std::string_view, 10> kNames = {"bool",  "str", "int",  "float", "len",
                                                              "bytes", "any", "list", "sum",   "json.loads"};
  return callee != nullptr && callee->tag == Type::Tag::object && contains(kNames, callee->name);
}

// True when the call itself waits, as far as is known: it is awaited, its library says so, or it is the project's own.
bool waits_here(Node call, Context& context) {
  if (call.parent().is(Kind::await)) return true;
  const Type* callee = context.callee(call);
  if (callee == nullptr) return false;
  if (callee->function != nullptr) {
    const bool makes_argument = call.parent().is(Kind::argument_list) || call.parent().is(Kind::keyword_argument);
    const bool plain = !callee->function->is_async && !callee->function->is_generator;
    return plain && (!makes_argument || is_converted(call, context));
  }
  if (callee->callable == nullptr || callee->callable->is_async) return false;
  constexpr knowledge::Effect kWaits = knowledge::Effect::blocks_network | knowledge::Effect::blocks_database |
                                       knowledge::Effect::blocks_subprocess | knowledge::Effect::blocks_wait;
  return any(effects_of(call, *callee->callable) & kWaits);
}

bool leaves(Node statement) {
  return statement.is(Kind::return_statement) || statement.is(Kind::raise_statement) ||
         statement.is(Kind::break_statement) || statement.is(Kind::continue_statement);
}

// True for a part of a statement that runs in place of its other parts.
bool is_alternative(Node part) {
  const Node whole = part.parent();
  if (whole.is(Kind::conditional_expression)) return true;
  if (whole.is(Kind::if_statement)) return part.field() != Field::condition;
  return part.is(Kind::case_clause) || part.is(Kind::except_clause);
}

// The child of `outer` that holds the node.
Node child_with(Node outer, Node node) {
  while (node.parent() != outer) node = node.parent();
  return node;
}

// True for a place whose statement, or the block round it, ends in a jump before `outer` is reached.
bool jumps_before(Node place, Node outer) {
  for (Node part = place; part != outer; part = part.parent()) {
    if (leaves(part) || (part.is(Kind::block) && leaves(part.last_child()))) return true;
  }
  return false;
}

// True when both may run in one call of the function, `first` before `second`.
bool may_follow(Node first, Node second) {
  Node common = first.parent();
  while (!common.covers(second)) common = common.parent();
  const Node part = child_with(common, first);
  const Node other = child_with(common, second);
  if (common.is(Kind::try_statement) && part.field() == Field::body)
    return !other.is(Kind::else_clause) || !jumps_before(first, common);
  if (jumps_before(first, common)) return false;
  return !(is_alternative(part) && is_alternative(other));
}

bool is_rebound(Node body, std::string_view name) {
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name) continue;
    const bool label = node.field() == Field::attribute || node.parent().is(Kind::keyword_argument);
    if (!label && is_binding_place(node)) return true;
    if (node.parent().is(Kind::augmented_assignment) && node.field() == Field::left) return true;
  }
  return false;
}

void check_parameter(Node function, std::string_view name, Context& context) {
  const Node body = function.child(Field::body);
  if (is_rebound(body, name)) return;
  std::vector<Node> earlier;
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::call) || !is_given(node, name, context) || !waits_here(node, context)) continue;
    if (context.enclosing_function(node) != function || is_under_timeout(node, context)) continue;
    const bool second = std::any_of(earlier.begin(), earlier.end(), [&](Node one) { return may_follow(one, node); });
    earlier.push_back(node);
    if (!second) continue;
    context
        .report(relative_deadline_recomputed, node,
                fmt::format("An earlier call was given the whole `{}` already: together they may take a multiple of it",
                            name))
        .span = node.child(Field::function).span();
    return;
  }
}

void check(Node definition, Context& context) {
  const semantics::Function* function = context.unit().function_at(definition.index());
  if (function == nullptr) return;
  for (const semantics::Parameter& parameter : function->parameters) {
    if (has_word(parameter.name, {"timeout"})) check_parameter(definition, parameter.name, context);
  }
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callables.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);

}  // namespace

extern const Rule timeout_parameter;
const Rule timeout_parameter{
    .code = "RT231",
    .name = "timeout-parameter",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::function_definition},
    .check = check,
};

namespace {

// A call that asks a clock: `time.monotonic()`, `loop.time()`.
bool asks_clock(Node call) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "time", "monotonic", "perf_counter", "time_ns", "monotonic_ns", "now", "utcnow", "current_time"};
  return call.is(Kind::call) && contains(kNames, last_part(call.child(Field::function)).text());
}

bool has_clock(Node expression, Context& context, int depth = 0) {
  for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
    const Node node = expression.ast().node(i);
    if (asks_clock(node)) return true;
    if (depth < 2 && node.is(Kind::identifier) && !is_binding_place(node) &&
        has_clock(only_value_of(node, context), context, depth + 1)) {
      return true;
    }
  }
  return false;
}

bool is_in_loop(Node node, Node function) {
  Node child = node;
  for (Node outer = node.parent(); outer && outer != function; child = outer, outer = outer.parent()) {
    const bool condition = outer.is(Kind::while_statement) && child.field() == Field::condition;
    if (child.field() == Field::body && (outer.is(Kind::for_statement) || outer.is(Kind::while_statement))) return true;
    if (condition) return true;
  }
  return false;
}

// The expression round the name, up to its statement, that does arithmetic or compares; null when none does.
Node arithmetic_around(Node place) {
  Node found;
  for (Node outer = place.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::call) && !outer.child(Field::function).covers(place)) return {};
    if (outer.is(Kind::binary_operator) || outer.is(Kind::comparison_operator)) found = outer;
    if (outer.is(Kind::conditional_expression) || outer.is(Kind::lambda)) return {};
  }
  return found;
}

// `deadline = time.monotonic() + timeout`, `while loop.time() - start < timeout`.
bool computes_with_clock(Node place, Context& context) {
  const Node arithmetic = arithmetic_around(place);
  return arithmetic && has_clock(arithmetic, context);
}

// `while waited < timeout: …; waited += 1`
bool counts_up_to(Node place, Node function) {
  const Node comparison = place.parent();
  if (!comparison.is(Kind::comparison_operator) || !is_in_loop(comparison, function)) return false;
  for (const Node side : comparison.children()) {
    if (!side.is(Kind::identifier) || side == place) continue;
    bool counted = false;
    for_each_mention_in(function, side.text(), [&](Node other) {
      counted = counted || (other.parent().is(Kind::augmented_assignment) && other.field() == Field::left);
    });
    if (counted) return true;
  }
  return false;
}

bool sleeps(Node block) {
  bool found = false;
  for_each_mention_in(block, "sleep", [&](Node place) { found = found || place.parent().is(Kind::call); });
  return found;
}

// `for _ in range(timeout): …; await asyncio.sleep(1)`
bool bounds_tries(Node place, Node function) {
  for (Node child = place, outer = place.parent(); outer && outer != function; child = outer, outer = outer.parent()) {
    if (!outer.is(Kind::for_statement)) continue;
    return child.field() == Field::right && child.is(Kind::call) && child.child(Field::function).text() == "range" &&
           sleeps(outer.child(Field::body));
  }
  return false;
}

// True when the name is an argument of a call that gets the limit itself.
bool is_handed_on(Node place) {
  Node value = place;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  if (value.parent().is(Kind::keyword_argument)) value = value.parent();
  const Node call = value.parent().is(Kind::argument_list) ? value.parent().parent() : Node();
  static constexpr std::array<std::string_view, 9> kPlain = {"int",   "float", "range",     "min",       "max",
                                                             "round", "print", "timedelta", "isinstance"};
  return call && !contains(kPlain, last_part(call.child(Field::function)).text());
}

// `loop.call_later(timeout, task.cancel)`
bool cancels_after(Node place) {
  const Node arguments = place.parent();
  const Node call = arguments.is(Kind::argument_list) ? arguments.parent() : Node();
  const Node callback = place.next_sibling();
  return call && last_part(call.child(Field::function)).text() == "call_later" && callback.is(Kind::attribute) &&
         callback.child(Field::attribute).text() == "cancel";
}

bool has_loop_that_waits(Node body) {
  bool found = false;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node loop = body.ast().node(i);
    if (!loop.is(Kind::while_statement) && !loop.is(Kind::for_statement)) continue;
    for (std::uint32_t at = loop.index(); at < loop.after(); ++at) found = found || loop.ast().node(at).is(Kind::await);
  }
  return found;
}

// True when something in the body limits an `await` after all, perhaps with what is left of the time.
bool limits_awaits(Node body) {
  static constexpr std::array<std::string_view, 7> kNames = {"wait_for",      "timeout_at", "fail_after", "fail_at",
                                                             "move_on_after", "move_on_at", "timeout"};
  bool limits = false;
  for (const std::string_view name : kNames) {
    for_each_mention_in(body, name, [&](Node place) {
      limits = limits || (place.is(Kind::attribute) && place.field() == Field::function) ||
               (place.field() == Field::function && name != "timeout");
    });
  }
  return limits;
}

// True when the function keeps the time itself, and gives the limit to nothing that could.
bool keeps_time(Node function, std::string_view name, Context& context) {
  const Node body = function.child(Field::body);
  if (limits_awaits(body)) return false;
  const bool waits = has_loop_that_waits(body);
  bool keeps = false, handed_on = false;
  for_each_mention_in(body, name, [&](Node place) {
    if (!place.is(Kind::identifier)) return;
    const bool cancels = cancels_after(place);
    handed_on = handed_on || (!cancels && is_handed_on(place));
    keeps = keeps || cancels ||
            (waits &&
             (computes_with_clock(place, context) || counts_up_to(place, function) || bounds_tries(place, function)));
  });
  return keeps && !handed_on;
}

void check(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || !model->is_async || may_be_override(function, context)) return;
  for (const semantics::Parameter& parameter : model->parameters) {
    if (!has_word(parameter.name, {"timeout"}) || !keeps_time(function, parameter.name, context)) continue;
    Report& report = context.report(
        timeout_parameter, function,
        fmt::format("`{}` keeps the time itself: leave the limit to the caller's `asyncio.timeout`, or use that here",
                    model->name));
    const Node at = context.unit().unit->ast.node(parameter.node);
    report.span = at.span();
  }
}

}  // namespace
}  // namespace surefoot::rules

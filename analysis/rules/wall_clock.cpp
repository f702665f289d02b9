#include "analysis/rules/wall_clock.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/log_calls.hpp"

namespace surefoot::rules {
namespace {

bool is_clock(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames = {"time.time",
                                                             "time.time_ns",
                                                             "datetime.datetime.now",
                                                             "datetime.datetime.utcnow",
                                                             "datetime.datetime.today",
                                                             "django.utils.timezone.now",
                                                             "timezone.now"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

bool reads_clock(Node node, Context& context) {
  if (!node.is(Kind::call) || node.child(Field::arguments).child_count() > 1) return false;
  const Type* callee = context.callee(node);
  return callee != nullptr && callee->tag == Type::Tag::object && is_clock(callee->name);
}

namespace {

// Builtins that give the point in time they are given, in another shape.
bool keeps_time(Node call) {
  const std::string_view name = call.child(Field::function).text();
  return name == "int" || name == "float" || name == "round" || name == "abs";
}

bool picks_one(Node call) {
  const std::string_view name = call.child(Field::function).text();
  return name == "max" || name == "min";
}

bool is_point(ClockForm form) { return form == ClockForm::instant || form == ClockForm::pending; }
bool is_span(ClockForm form) { return form == ClockForm::duration || form == ClockForm::remaining; }

void add_sources(ClockValue& into, const ClockValue& from) {
  into.locals.insert(into.locals.end(), from.locals.begin(), from.locals.end());
  into.readings.insert(into.readings.end(), from.readings.begin(), from.readings.end());
  into.anchors.insert(into.anchors.end(), from.anchors.begin(), from.anchors.end());
}

ClockValue of_form(ClockForm form, bool ahead = false) { return {form, ahead, {}, {}, {}}; }

ClockValue combine(ClockForm form, bool ahead, const ClockValue& left, const ClockValue& right) {
  ClockValue value = of_form(form, ahead);
  add_sources(value, left);
  add_sources(value, right);
  return value;
}

// `later - earlier`: what the span counts from, or to when the first is a deadline.
ClockValue difference(const ClockValue& later, const ClockValue& earlier) {
  ClockValue value = combine(later.ahead ? ClockForm::remaining : ClockForm::duration, false, later, earlier);
  value.anchors = later.ahead || earlier.anchors.empty() ? later.anchors : earlier.anchors;
  return value;
}

}  // namespace

std::string_view steady_twin(std::string_view clock) {
  if (clock == "time.time") return "monotonic";
  return clock == "time.time_ns" ? "monotonic_ns" : "";
}

WallClock::WallClock(Node function, Context& context) : context_(context), names_(function) {
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    if (reads_clock(function.ast().node(i), context)) readings_.push_back(i);
  }
  of_locals_.resize(names_.size());
  state_.resize(names_.size());
}

namespace {

// False where nothing is named by which clocks are called, nor what they are imported from.
bool may_read_clock(Context& context) {
  static constexpr std::array<std::string_view, 5> kNames = {"time", "time_ns", "now", "utcnow", "today"};
  const semantics::NameFilter& names = context.unit().names;
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return names.may_have(name); }) ||
         names.may_have("datetime") || context.module().imports("time") || context.module().imports("datetime");
}

}  // namespace

bool WallClock::is_read_in(Node function, Context& context) {
  if (!may_read_clock(context)) return false;
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    if (reads_clock(function.ast().node(i), context)) return true;
  }
  return false;
}

bool WallClock::is_reading(Node call) const {
  return std::binary_search(readings_.begin(), readings_.end(), call.index());
}

ClockValue WallClock::value_of(Node expression) {
  expression = without_parentheses(expression);
  if (!expression) return {};
  switch (expression.kind()) {
    case Kind::identifier:
      return of_name(expression);
    case Kind::integer:
    case Kind::float_:
    case Kind::none:
      return of_form(ClockForm::constant);
    case Kind::unary_operator:
      return value_of(expression.last_child()).form == ClockForm::constant ? of_form(ClockForm::constant)
                                                                           : ClockValue{};
    case Kind::call:
      return of_call(expression);
    case Kind::attribute: {
      ClockValue value = value_of(expression.child(Field::object));
      return is_span(value.form) ? value : ClockValue{};
    }
    case Kind::binary_operator:
      return of_binary(expression);
    case Kind::boolean_operator:
      return joined({expression.child(Field::left), expression.child(Field::right)});
    case Kind::conditional_expression:
      return joined({expression.first_child(), expression.last_child()});
    case Kind::named_expression: {
      ClockValue value = value_of(expression.child(Field::value));
      const std::uint32_t local = names_.find(expression.child(Field::name));
      if (local != LocalNames::kNone) value.locals.push_back(local);
      return value;
    }
    default:
      return {};
  }
}

ClockValue WallClock::of_name(Node identifier) {
  const std::uint32_t local = names_.find(identifier);
  if (local == LocalNames::kNone) return {};
  const ClockValue& of_local = value_of_local(local);
  if (of_local.form == ClockForm::other) return {};
  ClockValue value = of_form(of_local.form, of_local.ahead);
  value.locals = {local};
  value.anchors = is_span(of_local.form) ? of_local.anchors : value.locals;
  return value;
}

ClockValue WallClock::of_call(Node call) {
  if (is_reading(call)) return {ClockForm::instant, false, {}, {}, {call}};
  const Node function = call.child(Field::function);
  const Node first = call.child(Field::arguments).first_child();
  if (function.is(Kind::attribute) && !first) {
    const std::string_view method = function.child(Field::attribute).text();
    ClockValue value = value_of(function.child(Field::object));
    if (method == "total_seconds" && is_span(value.form)) return value;
    return method == "timestamp" && is_point(value.form) ? value : ClockValue{};
  }
  if (!function.is(Kind::identifier) || names_.find(function) != LocalNames::kNone || !first) return {};
  if (function.text() == "float" && first.is(Kind::string)) return of_form(ClockForm::constant);
  if (keeps_time(call)) return value_of(first);
  if (!picks_one(call) || has_splat(call)) return {};
  std::vector<Node> parts;
  for (const Node part : call.child(Field::arguments).children()) {
    if (!part.is(Kind::keyword_argument)) parts.push_back(part);
  }
  return joined(parts);
}

ClockValue WallClock::joined(const std::vector<Node>& parts) {
  ClockValue result = of_form(ClockForm::constant);
  for (const Node part : parts) {
    const ClockValue value = value_of(part);
    if (value.form == ClockForm::other) return {};
    const bool neutral = value.form == ClockForm::constant || value.form == ClockForm::pending;
    const bool first = result.form == ClockForm::constant || result.form == ClockForm::pending;
    if (!neutral && !first && value.form != result.form) return {};
    result = combine(first && value.form != ClockForm::constant ? value.form : result.form, result.ahead || value.ahead,
                     result, value);
  }
  return result;
}

// `3600 - now % 3600`: a step to a time of the day.
bool WallClock::mentions_time(Node expression) {
  for (std::uint32_t i = expression.index(); i < expression.after(); ++i) {
    const Node node = expression.ast().node(i);
    if (is_reading(node)) return true;
    if (node.is(Kind::identifier) && is_point(of_name(node).form)) return true;
  }
  return false;
}

ClockValue WallClock::of_binary(Node node) {
  const std::string_view symbol = node.child(Field::operator_).text();
  const ClockValue left = value_of(node.child(Field::left));
  const ClockValue right = value_of(node.child(Field::right));
  if (symbol == "-") {
    if (is_point(left.form) && is_point(right.form)) {
      return difference(left, right);
    }
    if (is_point(left.form)) return is_span(right.form) ? ClockValue{} : combine(left.form, true, left, {});
    if (is_span(right.form)) return is_span(left.form) ? ClockValue{} : combine(ClockForm::remaining, false, {}, right);
    return is_span(left.form) ? combine(ClockForm::remaining, false, left, {}) : ClockValue{};
  }
  if (symbol == "+") {
    if (is_point(left.form) == is_point(right.form)) return {};
    const ClockValue& point = is_point(left.form) ? left : right;
    const ClockValue& step = is_point(left.form) ? right : left;
    const Node added = node.child(is_point(left.form) ? Field::right : Field::left);
    return is_span(step.form) || mentions_time(added) ? ClockValue{} : combine(point.form, true, point, {});
  }
  const bool scales = symbol == "*" || symbol == "/" || symbol == "//";
  if (!scales || is_point(right.form) || is_span(right.form)) return {};
  if (is_span(left.form)) return left;
  return is_point(left.form) && right.form == ClockForm::constant ? left : ClockValue{};
}

ClockValue WallClock::of_binding(Node binding) {
  const Node parent = binding.parent();
  if (parent.is(Kind::augmented_assignment)) {
    const std::string_view symbol = parent.child(Field::operator_).text();
    const ClockForm step = value_of(parent.child(Field::right)).form;
    const bool moves = (symbol == "+=" || symbol == "-=") && !is_point(step) && !is_span(step);
    return moves ? of_form(ClockForm::pending, true) : ClockValue{};
  }
  if (parent.is(Kind::assignment) && !parent.child(Field::right)) return of_form(ClockForm::pending);
  if (parent.is(Kind::delete_statement)) return of_form(ClockForm::pending);
  return value_of(bound_value(binding));
}

const ClockValue& WallClock::value_of_local(std::uint32_t local) {
  static const ClockValue kPending = of_form(ClockForm::pending);
  if (state_[local] == 1) return kPending;
  if (state_[local] == 2) return of_locals_[local];
  state_[local] = 1;
  ClockValue result = of_form(ClockForm::pending);
  const Local& names = names_.local(local);
  bool known = !names.is_parameter && !names.bindings.empty();
  for (const Node binding : names.bindings) {
    const ClockValue value = known ? of_binding(binding) : ClockValue{};
    const bool neutral = value.form == ClockForm::constant || value.form == ClockForm::pending;
    const bool first = result.form == ClockForm::constant || result.form == ClockForm::pending;
    known = value.form != ClockForm::other && (neutral || first || value.form == result.form);
    if (!known) break;
    if (first && value.form != ClockForm::pending) result.form = value.form;
    result.ahead = result.ahead || value.ahead;
    add_sources(result, value);
  }
  if (result.form == ClockForm::pending) known = false;
  of_locals_[local] = known ? std::move(result) : ClockValue{};
  state_[local] = 2;
  return of_locals_[local];
}

namespace {

bool is_test_of(Node child, Node statement) {
  const bool tests = statement.is(Kind::if_statement) || statement.is(Kind::elif_clause) ||
                     statement.is(Kind::while_statement) || statement.is(Kind::assert_statement) ||
                     statement.is(Kind::if_clause);
  return tests || statement.is(Kind::not_operator) ||
         (statement.is(Kind::conditional_expression) && child == statement.first_child().next_sibling());
}

bool is_text(Node node) {
  return node.is(Kind::interpolation) || node.is(Kind::string) || node.is(Kind::concatenated_string);
}

Node call_of_argument(Node parent) {
  if (parent.is(Kind::keyword_argument)) parent = parent.parent();
  return parent.is(Kind::argument_list) ? parent.parent() : Node();
}

// True in what a log or an exception says: `raise TimeoutError(f"… since {start}")`.
bool is_in_message(Node expression, Context& context) {
  for (Node node = expression.parent(); node; node = node.parent()) {
    if (node.is(Kind::raise_statement)) return true;
    if (node.is(Kind::call) && is_log_call(node, context)) return true;
    if (syntax::is_statement(node.kind())) return false;
  }
  return false;
}

}  // namespace

ClockEscape WallClock::escape_of(Node expression) {
  return is_in_message(expression, context_) ? ClockEscape::logged : further_use(expression);
}

ClockEscape WallClock::further_use(Node expression) {
  bool text = false;  // it is a part of a text by now
  for (Node child = expression, parent = child.parent(); parent; child = parent, parent = parent.parent()) {
    if (const Node call = call_of_argument(parent)) {
      if (!text && value_of(call).form != ClockForm::other) {
        parent = call;
        continue;
      }
      const Type* callee = context_.callee(call);
      return !text && callee != nullptr && callee->function != nullptr ? ClockEscape::passed : ClockEscape::stored;
    }
    if (is_text(parent) || (text && parent.is(Kind::parenthesized_expression))) {
      text = true;
      continue;
    }
    if (parent.is(Kind::parenthesized_expression)) continue;
    if (parent.is(Kind::comparison_operator) || is_test_of(child, parent)) return ClockEscape::none;
    if (parent.is(Kind::expression_statement) || parent.is(Kind::delete_statement)) return ClockEscape::none;
    if (text) return ClockEscape::stored;
    if (parent.is(Kind::assignment) || parent.is(Kind::named_expression)) {
      const Node target = parent.is(Kind::assignment) ? parent.child(Field::left) : parent.child(Field::name);
      const bool kept = target.is(Kind::identifier) && names_.find(target) != LocalNames::kNone;
      if (!kept) return ClockEscape::stored;
      continue;
    }
    const ClockForm form = value_of(parent).form;
    if (is_span(form)) return ClockEscape::none;
    if (is_point(form)) continue;
    if (parent.is(Kind::attribute) && is_point(value_of(parent.parent()).form)) continue;
    return parent.is(Kind::boolean_operator) && is_test_of(parent, parent.parent()) ? ClockEscape::none
                                                                                    : ClockEscape::stored;
  }
  return ClockEscape::stored;
}

ClockEscape WallClock::escape_of_local(std::uint32_t local) {
  ClockEscape result = ClockEscape::none;
  for (const Node read : names_.local(local).reads) result = std::max(result, escape_of(read));
  return result;
}

}  // namespace surefoot::rules

#include <algorithm>
#include <set>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/clock_attributes.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/wall_clock.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule wall_clock_deadline;
const Rule wall_clock_deadline{
    .code = "RT402",
    .name = "wall-clock-deadline",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kLocal = 0;
constexpr int kKept = 1;       // counts from an attribute
constexpr int kKeptAhead = 2;  // a deadline that is kept in an attribute

using Locals = std::set<std::uint32_t>;

bool is_span(ClockForm form) { return form == ClockForm::duration || form == ClockForm::remaining; }

bool is_zero(Node value) { return value.text() == "0" || value.text() == "0.0"; }

// True when a comparison asks which of two is larger.
bool orders(Node comparison) {
  for (const Node child : comparison.children()) {
    const std::string_view symbol = child.is(Kind::operator_) ? child.text() : "";
    if (symbol == "<" || symbol == ">" || symbol == "<=" || symbol == ">=") return true;
  }
  return false;
}

// The comparisons and waits of one function that depend on the clock, and the deadlines behind them.
class Finder {
 public:
  Finder(Node function, Context& context) : function_(function), context_(context), clock_(function, context) {}

  void run() {
    find_deadlines();
    for (std::uint32_t i = function_.index(); i < function_.after(); ++i) {
      const Node node = function_.ast().node(i);
      if (node.is(Kind::comparison_operator)) check_comparison(node);
      if (node.is(Kind::call)) check_wait(node);
      if (node.is(Kind::assignment)) check_kept(node);
      if (node.is(Kind::augmented_assignment)) check_decrease(node);
    }
  }

 private:
  // True for a local whose points in time stay in this function.
  bool stays_here(std::uint32_t local) { return clock_.escape_of_local(local) < ClockEscape::stored; }

  bool is_instant(std::uint32_t local) { return clock_.value_of_local(local).form == ClockForm::instant; }

  // True when the point in time at `read` is set against the clock: in a comparison, or by a subtraction.
  bool is_set_against_clock(Node read) {
    for (Node child = read, parent = child.parent(); parent; child = parent, parent = parent.parent()) {
      if (parent.is(Kind::comparison_operator)) return orders(parent) && all_instants(parent);
      const ClockForm form = clock_.value_of(parent).form;
      if (is_span(form)) return true;
      if (form != ClockForm::instant) return false;
    }
    return false;
  }

  bool all_instants(Node comparison) {
    std::size_t count = 0;
    for (const Node child : comparison.children()) {
      if (child.is(Kind::operator_)) continue;
      if (clock_.value_of(child).form != ClockForm::instant) return false;
      ++count;
    }
    return count > 1;
  }

  void find_deadlines() {
    for (std::uint32_t local = 0; local < clock_.names().size(); ++local) {
      if (!is_instant(local) || !clock_.value_of_local(local).ahead) continue;
      const Local& names = clock_.names().local(local);
      const bool asked =
          std::any_of(names.reads.begin(), names.reads.end(), [&](Node read) { return is_set_against_clock(read); });
      if (!asked || !stays_here(local)) continue;
      for (const Node sum : sums_of(names)) {
        say(sum, "This deadline is read from the system's clock");
        reported_.insert(local);
      }
    }
  }

  // The additions by which the bindings of a local make a deadline; those that only put it off (`deadline += 30`) count
  // where there are no others.
  std::vector<Node> sums_of(const Local& names) {
    std::vector<Node> made, put_off;
    for (const Node binding : names.bindings) {
      if (const Node sum = sum_of(binding)) (sum.is(Kind::augmented_assignment) ? put_off : made).push_back(sum);
    }
    return made.empty() ? put_off : made;
  }

  // The addition by which a binding makes a deadline; null when it makes none.
  Node sum_of(Node binding) {
    const Node parent = binding.parent();
    if (parent.is(Kind::augmented_assignment)) {
      return parent.child(Field::operator_).text() == "+=" ? parent : Node();
    }
    const Node value = bound_value(binding);
    for (std::uint32_t i = value.index(); value && i < value.after(); ++i) {
      const Node node = value.ast().node(i);
      const bool sum = node.is(Kind::binary_operator) && node.child(Field::operator_).text() == "+";
      if (sum && clock_.value_of(node).form == ClockForm::instant) return node;
    }
    return {};
  }

  void check_comparison(Node comparison) {
    if (!orders(comparison)) return;
    if (attribute_aged_by(comparison, context_)) {
      return say(comparison, "This span of time is measured with the system's clock", kKept);
    }
    std::vector<std::uint32_t> anchors;
    bool ahead = false;
    bool span = false;
    bool remaining = false;
    std::size_t points = 0;
    bool trivial = false;  // `elapsed > 0`, or two spans
    bool zero = false;     // the operand before is a 0 ...
    bool beside = false;   // ... or a span: in `0 <= timeout < elapsed` the two are not compared
    for (const Node child : comparison.children()) {
      if (child.is(Kind::operator_)) continue;
      const ClockValue value = clock_.value_of(child);
      const bool is_zero_now = is_zero(without_parentheses(child));
      trivial = trivial || (is_zero_now && beside) || (zero && is_span(value.form)) || (span && is_span(value.form));
      zero = is_zero_now;
      beside = is_span(value.form);
      span = span || beside;
      remaining = remaining || value.form == ClockForm::remaining;
      if (value.form == ClockForm::instant) ++points;
      ahead = ahead || (value.form == ClockForm::instant && value.ahead);
      if (is_span(value.form) || value.ahead) {
        anchors.insert(anchors.end(), value.anchors.begin(), value.anchors.end());
      }
    }
    const bool asks = span ? points == 0 && (remaining || !trivial) : points > 1 && ahead;
    if (asks && is_new(anchors)) say(comparison, "This span of time is measured with the system's clock");
  }

  // `self.until = time.time() + limit`
  void check_kept(Node assignment) {
    if (!attribute_set_ahead(assignment, context_)) return;
    say(assignment.child(Field::right), "This deadline is read from the system's clock", kKeptAhead);
  }

  // `time.sleep(interval - elapsed)`, `event.wait(timeout=limit - (time.time() - start))`
  void check_wait(Node call) {
    const Type* callee = context_.callee(call);
    const bool sleeps = callee != nullptr && (callee->name == "time.sleep" || callee->name == "asyncio.sleep");
    for (const Node argument : call.child(Field::arguments).children()) {
      const bool limit = argument.is(Kind::keyword_argument) && argument.child(Field::name).text() == "timeout";
      if (!limit && !sleeps) continue;
      const ClockValue value = clock_.value_of(limit ? argument.child(Field::value) : argument);
      if (value.form == ClockForm::remaining && is_new(value.anchors)) {
        say(limit ? argument.child(Field::value) : argument, "This span of time is measured with the system's clock");
      }
    }
  }

  // `timeout -= time.time() - start`, where something waits for what is left, or asks whether anything is.
  void check_decrease(Node assignment) {
    if (assignment.child(Field::operator_).text() != "-=") return;
    const ClockValue value = clock_.value_of(assignment.child(Field::right));
    if (value.form != ClockForm::duration || !is_limit(assignment.child(Field::left).text())) return;
    if (is_new(value.anchors)) say(assignment, "This span of time is measured with the system's clock");
  }

  bool is_limit(std::string_view text) {
    for (std::uint32_t i = function_.index(); i < function_.after(); ++i) {
      const Node node = function_.ast().node(i);
      if (node.text() != text || !node.parent()) continue;
      const Node parent = node.parent();
      if (parent.is(Kind::comparison_operator) ? orders(parent) : parent.is(Kind::argument_list)) return true;
      if (parent.is(Kind::keyword_argument) && parent.child(Field::name).text() == "timeout") return true;
    }
    return false;
  }

  // True when the span counts from a local that is not told of yet, and all such locals stay here.
  bool is_new(const std::vector<std::uint32_t>& anchors) {
    bool fresh = false;
    for (const std::uint32_t local : anchors) {
      if (!stays_here(local)) return false;
      if (clock_.value_of_local(local).ahead && reported_.contains(local)) return false;
      fresh = fresh || !reported_.contains(local);
    }
    if (fresh) reported_.insert(anchors.begin(), anchors.end());
    return fresh;
  }

  void say(Node node, std::string_view what, int variant = kLocal) {
    Report& report =
        context_.report(wall_clock_deadline, node,
                        std::string(what) +
                            ", which may be set or jump meanwhile: the wait then ends too early, or not at all; "
                            "`time.monotonic()` only goes forward");
    report.variant = variant;
  }

  Node function_;
  Context& context_;
  WallClock clock_;
  Locals reported_;
};

void check(Node function, Context& context) {
  if (!context.enclosing_function(function) && WallClock::is_read_in(function, context)) {
    Finder(function, context).run();
  }
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kLocal) return true;
  const Node node = context.unit().unit->ast.node(report.node);
  const Node attribute =
      report.variant == kKeptAhead ? attribute_set_ahead(node.parent(), context) : attribute_aged_by(node, context);
  return attribute && is_only_aged(attribute, context);
}

// All that must change together: the locals that are compared with each other, and the readings behind them.
class Group {
 public:
  Group(Node function, Context& context) : clock_(function, context) {}

  void add(Node expression) {
    const ClockValue value = clock_.value_of(expression);
    for (const Node reading : value.readings) readings_.insert(reading.index());
    for (const std::uint32_t local : value.locals) add_local(local);
    if (expression.is(Kind::comparison_operator)) {
      for (const Node child : expression.children()) {
        if (!child.is(Kind::operator_)) add(child);
      }
    }
    if (expression.is(Kind::augmented_assignment)) {
      const std::uint32_t local = clock_.names().find(expression.child(Field::left));
      if (local != LocalNames::kNone) add_local(local);
    }
  }

  // What the point in time is set against, and the locals that it goes on to.
  void add_surroundings(Node read) {
    for (Node parent = read.parent(); parent; parent = parent.parent()) {
      if (parent.is(Kind::comparison_operator) || is_span(clock_.value_of(parent).form)) return add(parent);
      if (parent.is(Kind::assignment)) {
        const std::uint32_t target = clock_.names().find(parent.child(Field::left));
        if (target != LocalNames::kNone) add_local(target);
      }
      if (syntax::is_statement(parent.kind())) return;
    }
  }

  // True when the readings and points in time of the group are used for nothing but each other.
  bool is_closed(Node function) {
    for (const std::uint32_t index : readings_) {
      if (clock_.escape_of(function.ast().node(index)) != ClockEscape::none) return false;
    }
    return std::all_of(locals_.begin(), locals_.end(), [&](std::uint32_t local) {
      return is_span(clock_.value_of_local(local).form) || clock_.escape_of_local(local) == ClockEscape::none;
    });
  }

  // True when some local holds a plain number at first: `last = 0`.
  bool has_constants() {
    return std::any_of(locals_.begin(), locals_.end(), [&](std::uint32_t local) {
      const std::vector<Node>& bindings = clock_.names().local(local).bindings;
      return std::any_of(bindings.begin(), bindings.end(), [&](Node binding) {
        const Node value = bound_value(binding);
        return value && !value.is(Kind::none) && clock_.value_of(value).form == ClockForm::constant;
      });
    });
  }

  const std::set<std::uint32_t>& readings() const { return readings_; }

 private:
  void add_local(std::uint32_t local) {
    if (!locals_.insert(local).second) return;
    const Local& names = clock_.names().local(local);
    for (const Node binding : names.bindings) {
      if (const Node value = bound_value(binding)) add(value);
    }
    if (is_span(clock_.value_of_local(local).form)) return;
    for (const Node read : names.reads) add_surroundings(read);
  }

  WallClock clock_;
  std::set<std::uint32_t> readings_;
  Locals locals_;
};

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kLocal) return {{}, "the time is kept in an attribute, which other code may read"};
  const Node node = context.unit().unit->ast.node(report.node);
  Node function = context.enclosing_function(node);
  while (const Node outer = context.enclosing_function(function)) function = outer;
  Group group(function, context);
  group.add(node);
  group.add_surroundings(node);
  if (!group.is_closed(function)) return {{}, "the time is also used for something else, which may need the date"};
  std::vector<text::TextEdit> edits;
  for (const std::uint32_t index : group.readings()) {
    const Node callee = function.ast().node(index).child(Field::function);
    const Type* type = semantics::only(context.type_of(callee));
    const std::string_view twin = type == nullptr ? "" : steady_twin(type->name);
    if (twin.empty()) return {{}, "`datetime` has no steady clock"};
    if (callee.is(Kind::attribute)) {
      edits.push_back(fixes::replace(context.file(), context.place(callee.child(Field::attribute)), std::string(twin)));
      continue;
    }
    fixes::Import import = fixes::import_name(context.file(), context.place(callee), "time", twin);
    if (!import.problem.empty()) return {{}, import.problem};
    if (import.edit && std::find(edits.begin(), edits.end(), *import.edit) == edits.end()) {
      edits.push_back(std::move(*import.edit));
    }
    edits.push_back(fixes::replace(context.file(), context.place(callee), import.name));
  }
  const auto applicability = group.has_constants() ? fixes::Applicability::unsafe : fixes::Applicability::safe;
  return {{fixes::make_fix("Use `time.monotonic()`", applicability, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node closure, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule loop_variable_in_task;
const Rule loop_variable_in_task{
    .code = "RT228",
    .name = "loop-variable-in-task",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::lambda, Kind::function_definition},
    .check = check,
    .fix = fix,
    .in_tests = true,
};

namespace {

using Names = std::set<std::string_view>;

bool is_loop(Node node) { return node.is(Kind::for_statement); }

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension);
}

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

// The loop or comprehension around a closure, in the same function; null when
// there is none.
Node loop_around(Node closure) {
  for (Node child = closure, outer = closure.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_function(outer) || outer.is(Kind::class_definition) || outer.is(Kind::generator_expression)) return {};
    const bool body = child.field() == Field::body;
    if (body && (is_loop(outer) || is_comprehension(outer))) return outer;
  }
  return {};
}

void add_targets(Node target, Names& names) {
  if (target) semantics::for_each_target(target, [&](Node name) { names.insert(name.text()); });
}

// What the loops around a closure bind, from `loop` outwards.
Names loop_variables(Node loop) {
  Names names;
  for (; loop; loop = loop_around(loop)) {
    if (is_loop(loop)) {
      add_targets(loop.child(Field::left), names);
      continue;
    }
    for (const Node clause : loop.children()) {
      if (clause.is(Kind::for_in_clause)) add_targets(clause.child(Field::left), names);
    }
  }
  return names;
}

Names parameters_of(Node closure) {
  Names names;
  for (const Node parameter : closure.child(Field::parameters).children()) {
    Node name = parameter.child(Field::name);
    if (!name) name = parameter.is(Kind::identifier) ? parameter : parameter.first_child();
    while (name && !name.is(Kind::identifier)) name = name.first_child();
    if (name) names.insert(name.text());
  }
  return names;
}

// True for an identifier that is a name of its own, not that of an attribute or
// a keyword argument.
bool is_variable(Node identifier) {
  if (identifier.field() == Field::attribute) return false;
  return !(identifier.parent().is(Kind::keyword_argument) && identifier.field() == Field::name);
}

// The loop variables that the closure reads when it is called, in the order of
// the text.
std::vector<std::string_view> captured(Node closure, const Names& variables) {
  const Node body = closure.child(Field::body);
  if (!body) return {};
  Names own = parameters_of(closure);
  if (closure.is(Kind::function_definition)) {
    semantics::Frame frame;
    semantics::collect_names(body, frame);
    for (const std::string_view name : frame.slots.names()) own.insert(name);
    own.insert(frame.nonlocals.begin(), frame.nonlocals.end());
  }
  std::vector<std::string_view> found;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (is_function(node) || is_comprehension(node) || node.is(Kind::generator_expression)) {
      add_targets({}, own);
      if (is_function(node)) own.merge(parameters_of(node));
      for (const Node clause : node.children()) {
        if (clause.is(Kind::for_in_clause)) add_targets(clause.child(Field::left), own);
      }
    }
    if (!node.is(Kind::identifier) || !is_variable(node) || !variables.contains(node.text())) continue;
    if (!own.contains(node.text()) && !contains(found, node.text())) found.push_back(node.text());
  }
  return found;
}

// Methods and functions that keep a callable for later, by name; for those
// whose type is not known.
bool keeps_by_name(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames = {"submit",
                                                              "call_soon",
                                                              "call_soon_threadsafe",
                                                              "call_later",
                                                              "call_at",
                                                              "add_job",
                                                              "apply_async",
                                                              "add_done_callback",
                                                              "add_callback",
                                                              "append",
                                                              "appendleft",
                                                              "put",
                                                              "put_nowait",
                                                              "start_soon",
                                                              "create_task",
                                                              "ensure_future",
                                                              "run_coroutine_threadsafe",
                                                              "add_signal_handler",
                                                              "on_commit"};
  return contains(kNames, name);
}

bool keeps(Node call, Context& context) {
  if (const knowledge::Bridge* bridge = bridge_of(call, context)) return bridge->to != knowledge::Where::process;
  if (spawner_of(call, context) != nullptr) return true;
  const Node function = call.child(Field::function);
  const Node name = function.is(Kind::attribute) ? function.child(Field::attribute) : function;
  return name.is(Kind::identifier) && keeps_by_name(name.text());
}

// The receiver's first name: `tg` in `tg.create_task(…)`.
std::string_view root_of(Node call) {
  Node at = call.child(Field::function);
  while (at.is(Kind::attribute) || at.is(Kind::call)) {
    at = at.is(Kind::attribute) ? at.child(Field::object) : at.child(Field::function);
  }
  return at.text();
}

// True when a `with` inside the loop made what the call is made on: it waits
// for all of it before the next round.
bool ends_with_block(Node call, Node loop) {
  const std::string_view root = root_of(call);
  for (Node outer = call.parent(); outer && outer != loop; outer = outer.parent()) {
    if (!outer.is(Kind::with_statement)) continue;
    const std::string_view head = outer.child(Kind::with_clause).text();
    if (head.ends_with(root) || head.find(std::string(root) + ",") != std::string_view::npos) return true;
  }
  return false;
}

bool is_in_await(Node node) {
  for (Node outer = node.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::await)) return true;
  }
  return false;
}

// What a method of the call's value is asked for at once:
// `pool.submit(f).result()`, `Thread(target=f).join()`.
bool is_waited_for(Node call) {
  const Node attribute = call.parent();
  if (!attribute.is(Kind::attribute)) return false;
  const std::string_view name = attribute.child(Field::attribute).text();
  return name == "result" || name == "join" || name == "get";
}

// True when the loop waits, in the same round, for what the statement has
// bound: `task = …; await task`.
bool is_waited_for_later(Node call, Node loop) {
  Node node = call;
  while (node && !node.is(Kind::assignment) && !syntax::is_statement(node.kind())) node = node.parent();
  const Node target = node.is(Kind::assignment) ? node.child(Field::left) : Node();
  if (!target.is(Kind::identifier)) return false;
  for (std::uint32_t i = node.after(); i < loop.after(); ++i) {
    const Node later = loop.ast().node(i);
    if (later.is(Kind::await) && mentions(later, target.text())) return true;
    const Node function = later.is(Kind::call) ? later.child(Field::function) : Node();
    if (!function.is(Kind::attribute) || function.child(Field::object).text() != target.text()) continue;
    const std::string_view method = function.child(Field::attribute).text();
    if (method == "join" || method == "result" || method == "get") return true;
  }
  return false;
}

bool is_kept_by_call(Node call, Node loop, Context& context) {
  return keeps(call, context) && !is_in_await(call) && !is_waited_for(call) && !ends_with_block(call, loop) &&
         !is_waited_for_later(call, loop);
}

// True for `table[item] = f` and `item.callback = f`; `self.callback = f` keeps only the last one, which sees the right
// value.
bool is_stored_by(Node assignment, Node value, Node loop) {
  const Node target = assignment.child(Field::left);
  if (assignment.child(Field::right) != value) return false;
  if (!target.is(Kind::subscript) && !target.is(Kind::attribute)) return false;
  Names changing = loop_variables(loop);
  semantics::Frame frame;
  semantics::collect_names(loop.child(Field::body), frame);
  for (const std::string_view name : frame.slots.names()) changing.insert(name);
  return std::any_of(changing.begin(), changing.end(), [&](std::string_view name) { return mentions(target, name); });
}

bool is_container(Node node) {
  return node.is(Kind::parenthesized_expression) || node.is(Kind::tuple) || node.is(Kind::list) ||
         node.is(Kind::dictionary) || node.is(Kind::pair) || node.is(Kind::keyword_argument) ||
         node.is(Kind::argument_list) || node.is(Kind::conditional_expression);
}

// True when what stands at `use`, the closure, its name, or a call of it,
// outlives this round of the loop.
bool outlives_round(Node use, Node loop, Context& context) {
  for (Node child = use, outer = use.parent(); outer && outer != loop.parent(); child = outer, outer = outer.parent()) {
    if (is_comprehension(outer)) return outer == loop && child.field() == Field::body && !is_in_await(outer);
    if (outer.is(Kind::yield)) return true;
    if (outer.is(Kind::assignment)) return is_stored_by(outer, child, loop);
    if (outer.is(Kind::call)) {
      if (child.field() == Field::function) return false;
      if (is_kept_by_call(outer, loop, context)) return true;
      if (!context.calls(outer, "functools.partial")) return false;
    } else if (!is_container(outer)) {
      return false;
    }
  }
  return false;
}

// A use of the nested function `name`: itself, or the coroutine that calling it
// gives.
bool is_use_that_outlives(Node identifier, bool is_async, Node loop, Context& context) {
  Node use = identifier;
  if (use.field() == Field::function && use.parent().is(Kind::call)) {
    if (!is_async) return false;
    use = use.parent();
  }
  return outlives_round(use, loop, context);
}

bool is_kept(Node closure, Node loop, Context& context) {
  if (closure.is(Kind::lambda)) return outlives_round(closure, loop, context);
  if (closure.parent().is(Kind::decorated_definition)) return false;
  const std::string_view name = closure.child(Field::name).text();
  for (std::uint32_t i = closure.after(); i < loop.after(); ++i) {
    const Node node = loop.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name || !is_variable(node)) continue;
    if (is_use_that_outlives(node, closure.is_async(), loop, context)) return true;
  }
  return false;
}

// True when no further round follows: the loop is left at its end.
bool runs_once(Node loop) {
  const Node last = loop.child(Field::body).last_child();
  return is_loop(loop) && (last.is(Kind::return_statement) || last.is(Kind::break_statement));
}

std::vector<std::string_view> late_variables(Node closure, Context& context) {
  const Node loop = loop_around(closure);
  if (!loop || runs_once(loop)) return {};
  const auto names = captured(closure, loop_variables(loop));
  return !names.empty() && is_kept(closure, loop, context) ? names : std::vector<std::string_view>();
}

void check(Node closure, Context& context) {
  const auto names = late_variables(closure, context);
  if (names.empty()) return;
  const bool lambda = closure.is(Kind::lambda);
  Report& report =
      context.report(loop_variable_in_task, closure,
                     fmt::format("{} reads `{}` when it runs, after the loop has gone on: "
                                 "every one of them may see the last value",
                                 lambda ? "The lambda" : fmt::format("`{}`", closure.child(Field::name).text()),
                                 fmt::join(names, "`, `")));
  if (!lambda) report.span = closure.child(Field::name).span();
}

bool has_keywords(Node parameters) { return static_cast<bool>(parameters.child(Kind::dictionary_splat_pattern)); }

Fixes fix(const Report& report, Context& context) {
  const Node closure = context.unit().unit->ast.node(report.node);
  const Node parameters = closure.child(Field::parameters);
  if (has_keywords(parameters)) return {{}, "nothing can stand behind `**` in the parameters"};
  std::string content;
  for (const std::string_view name : late_variables(closure, context)) {
    content += fmt::format("{}{}={}", content.empty() ? "" : ", ", name, name);
  }
  const Node last = parameters.last_child();
  std::vector<text::TextEdit> edits;
  if (last) {
    edits.push_back(fixes::insert_after(context.file(), context.place(last), ", " + content));
  } else if (closure.is(Kind::lambda)) {
    const std::uint32_t at = fixes::span_in_file(context.file(), context.place(closure)).start + 6;
    edits.push_back({{at, at}, " " + content});
  } else {
    const std::uint32_t at = fixes::span_in_file(context.file(), context.place(parameters)).start + 1;
    edits.push_back({{at, at}, content});
  }
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix(fmt::format("Bind it now: `{}`", content), fixes::Applicability::safe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

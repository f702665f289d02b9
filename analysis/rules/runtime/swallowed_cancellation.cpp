#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/offload.hpp"
#include "analysis/rules/cancellation.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule swallowed_cancellation;
const Rule swallowed_cancellation{
    .code = "RT204",
    .name = "swallowed-cancellation",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::except_clause, Kind::with_item, Kind::return_statement, Kind::break_statement,
              Kind::continue_statement},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::Part;
using semantics::Point;
using semantics::PointKind;
using semantics::Walk;

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

// Calls `visit(node)` for all that runs in the tree itself; true as soon as it is.
template <typename Visit>
bool any_in(Node tree, const Visit& visit) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (visit(node)) return true;
    if (is_function(node) && node != tree) i = node.after() - 1;
  }
  return false;
}

std::string_view name_of_exception(Node clause) {
  Node name = clause.child(Field::alias);
  if (!name && clause.first_child().is(Kind::as_pattern)) name = clause.first_child().child(Field::alias);
  return name.is(Kind::as_pattern_target) ? name.first_child().text() : name.text();
}

// Whether a condition holds when the handler has caught a cancellation under this name.
std::optional<bool> holds_for_cancellation(Node condition, std::string_view name, Context& context) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::not_operator)) {
    const auto inner = holds_for_cancellation(condition.child(Field::argument), name, context);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (condition.is(Kind::boolean_operator)) {
    const bool all = condition.child(Field::operator_).text() == "and";
    const auto left = holds_for_cancellation(condition.child(Field::left), name, context);
    const auto right = holds_for_cancellation(condition.child(Field::right), name, context);
    if (left == !all || right == !all) return !all;
    return left == right ? left : std::nullopt;
  }
  if (!condition.is(Kind::call) || !context.calls(condition, "isinstance")) return std::nullopt;
  const Node classes = argument(condition, "", 1);
  if (argument(condition, "", 0).text() != name || name.empty() || !classes) return std::nullopt;
  const Part part = ResolvedFacts(context).named_by(classes).cancellation;
  return part == Part::some ? std::nullopt : std::optional(part == Part::all);
}

// What a handler does with a cancellation, as a walk through it.
Walk walk_of_cancellation(Node clause, Context& context) {
  Walk how;
  how.errors = true;
  how.skip = [clause, &context](const Point& point, const Edge& edge) {
    if (point.kind != PointKind::test || point.node.is(Kind::case_clause)) return false;
    const auto holds = holds_for_cancellation(point.node, name_of_exception(clause), context);
    return holds && edge.kind == (*holds ? FlowEdge::when_false : FlowEdge::when_true);
  };
  return how;
}

Node root_of(Node expression) {
  while (expression.is(Kind::call) || expression.is(Kind::attribute)) expression = expression.first_child();
  return expression;
}

// True for a raise_statement of the handler that puts another exception in the place of the cancellation.
bool replaces(Node raise, Node clause, Context& context) {
  if (semantics::handler_around(raise) != clause || semantics::raised_again(raise)) return false;
  const Node raised = without_parentheses(raise.first_child());
  if (root_of(raised).text() == name_of_exception(clause)) return false;
  const Node named = raised.is(Kind::call) ? raised.child(Field::function) : raised;
  const Type* type = semantics::only(context.type_of(named));
  if (type == nullptr || type->function != nullptr || type->tag == Type::Tag::lambda) return false;
  return type->tag != Type::Tag::object || ResolvedFacts(context).exceptions_of(named).errors != Part::none;
}

bool is_binding_of_exception(Node parent) {
  return parent.is(Kind::assignment) || parent.is(Kind::return_statement) || parent.is(Kind::yield) ||
         parent.is(Kind::named_expression) || parent.is(Kind::tuple) || parent.is(Kind::list) ||
         parent.is(Kind::expression_list);
}

// True for a call whose name says that it keeps or passes on its arguments: `errors.append`, `future.set_exception`.
bool keeps_argument(Node call) {
  const Node function = call.child(Field::function);
  const std::string_view name =
      function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
  return has_word(name, {"add", "append", "extend", "insert", "put", "send", "set", "throw", "push"});
}

// True where the exception itself goes to somebody: `future.set_exception(error)`, `self.error = error`,
// `results.append(Failure(error))`.
bool hands_on(Node node, std::string_view name, Context& context) {
  if (name.empty() || !node.is(Kind::identifier) || node.text() != name) return false;
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::call)) {
      if (keeps_argument(outer)) return true;
      if (context.calls(outer, "str") || context.calls(outer, "repr") || context.calls(outer, "type")) return false;
    } else if (!outer.is(Kind::argument_list) && !outer.is(Kind::keyword_argument)) {
      return outer == node.parent() && is_binding_of_exception(outer);
    }
  }
  return false;
}

// `error is not value`: the handler knows whose exception it is.
bool compares_identity(Node node, std::string_view name) {
  if (!node.is(Kind::comparison_operator) || name.empty()) return false;
  const Node operation = node.child(Field::operators);
  return node.first_child().text() == name && operation && operation.text().starts_with("is");
}

// Asks whose cancellation it is, or passes it on in another way.
bool is_deliberate(Node clause, Context& context) {
  const std::string_view name = name_of_exception(clause);
  return any_in(clause.child(Kind::block), [&](Node node) {
    if (hands_on(node, name, context) || compares_identity(node, name)) return true;
    if (!node.is(Kind::call)) return false;
    const std::string_view method = node.child(Field::function).child(Field::attribute).text();
    return method == "cancelled" || method == "cancelling" || method == "uncancel" || method == "done" ||
           context.calls(node, "sys.exc_info");
  });
}

// Inside of a handler that raises on every path, what is swallowed here is raised there.
bool raises_around(Node clause, const Walk& how, Context& context) {
  const Node outer = semantics::handler_around(clause.parent());
  if (!outer) return false;
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(clause));
  return !graph.can_leave(outer, graph.points_of(clause), how);
}

// `raise asyncio.CancelledError` further on in the function: the handler has taken a note.
bool raises_later(Node catcher, Context& context) {
  const ResolvedFacts facts(context);
  return any_in(context.enclosing_function(catcher).child(Field::body), [&](Node node) {
    if (!node.is(Kind::raise_statement) || node.start() < catcher.end()) return false;
    return node.first_child() && facts.raised_by(node).errors == Part::none;
  });
}

// `await task`, `await asyncio.gather(*tasks)`, `await asyncio.wait_for(self._task, 5)`: waits for something to end.
bool only_waits_for_tasks(Node block) {
  const bool calls_something = any_in(block, [](Node node) {
    if (node.is(Kind::for_statement) && node.is_async()) return last_name(node.child(Field::right)) != "as_completed";
    if (!node.is(Kind::await)) return false;
    const Node call = without_parentheses(node.first_child());
    if (!call.is(Kind::call)) return false;
    const Node function = call.child(Field::function);
    const std::string_view name =
        function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
    return name != "gather" && name != "wait" && name != "wait_for" && name != "shield";
  });
  return !calls_something;
}

bool cancels_something(Node function) {
  return any_in(function.child(Field::body), [](Node node) {
    if (!node.is(Kind::call)) return false;
    return node.child(Field::function).child(Field::attribute).text() == "cancel";
  });
}

// The function itself has cancelled what the block awaits, or is where tasks end.
bool is_own_cancellation(Node block, Context& context) {
  if (awaits_cancelled_task(block, context) || in_startup_code(block, context)) return true;
  const Node function = context.enclosing_function(block);
  return is_stopping_name(function.child(Field::name).text()) &&
         (only_waits_for_tasks(block) || cancels_something(function));
}

std::string in_one_line(std::string_view text) {
  std::string line;
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = true;
      continue;
    }
    if (space && !line.ends_with('(')) line += ' ';
    space = false;
    line += c;
  }
  return line;
}

std::string caught_text(Node clause) {
  std::string text = "except";
  for (const Node child : clause.children()) {
    if (child.is(Kind::block) || child.field() == Field::alias || child.is(Kind::operator_)) continue;
    text += (text == "except" ? " " : ", ") +
            std::string(child.is(Kind::as_pattern) ? child.first_child().text() : child.text());
  }
  return in_one_line(text);
}

void report_handler(Node clause, bool replaced, Context& context) {
  const std::string what = fmt::format("`{}` catches the cancellation of the task and ", caught_text(clause));
  const std::string how = replaced ? "raises something else in its place: the task does not end as cancelled"
                                   : "may end without raising it again: the task runs on although it was told to stop";
  Report& report = context.report(swallowed_cancellation, clause, what + how);
  std::uint32_t end = clause.start() + static_cast<std::uint32_t>(std::string_view("except").size());
  for (const Node child : clause.children()) {
    if (!child.is(Kind::block)) end = child.end();
  }
  report.span = {clause.start(), end};
}

void check_handler(Node clause, Context& context) {
  const Node block = clause.parent().child(Field::body);
  if (ResolvedFacts(context).caught_by(clause).cancellation != Part::all) return;
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(clause));
  if (!graph.is_complete() || !cancellation_arrives(block, clause, context)) return;
  const auto start = graph.points_of(clause);
  const Walk how = walk_of_cancellation(clause, context);
  const bool ends = graph.can_leave(clause, start, how);
  const semantics::Reached reached = graph.walk(start, how);
  bool replaced = false;
  for (semantics::PointId id = 0; id < graph.size() && !ends && !replaced; ++id) {
    const Node node = graph.point(id).node;
    replaced = reached[id] && node.is(Kind::raise_statement) && replaces(node, clause, context);
  }
  if (!ends && !replaced) return;
  if (!replaced && raises_around(clause, how, context)) return;
  if (is_deliberate(clause, context) || raises_later(clause, context) || is_own_cancellation(block, context)) return;
  report_handler(clause, replaced, context);
}

void check_suppress(Node item, Context& context) {
  const Node statement = item.parent().parent();
  const Node block = statement.child(Field::body);
  if (!statement.is(Kind::with_statement) || !block) return;
  if (ResolvedFacts(context).suppressed_by(item).cancellation != Part::all) return;
  if (!context.flow(context.enclosing_function(item)).is_complete()) return;
  if (!cancellation_arrives(block, item, context) || is_own_cancellation(block, context)) return;
  const Node call = manager_of(item);
  context.report(swallowed_cancellation, call,
                 fmt::format("`{}` swallows the cancellation of the task too: it runs on although it was told to stop",
                             call.text()));
}

void check_exit(Node statement, Context& context) {
  const Node clause = finally_left_by(statement);
  const Node block = clause ? clause.parent().child(Field::body) : Node();
  if (!block || !cancellation_arrives(block, clause, context) || is_own_cancellation(block, context)) return;
  context.report(
      swallowed_cancellation, statement,
      "Leaving `finally` like this swallows the cancellation of the task: it runs on although it was told to "
      "stop");
}

void check(Node node, Context& context) {
  if (!context.in_coroutine(node)) return;
  if (node.is(Kind::except_clause)) return check_handler(node, context);
  if (node.is(Kind::with_item)) return check_suppress(node, context);
  check_exit(node, context);
}

// `asyncio.run(serve())`: the outermost function of the program, above which nobody is left to tell.
bool runs(Node call, std::string_view name, Context& context) {
  Node first = call.child(Field::arguments).first_child();
  if (first.is(Kind::call)) first = first.child(Field::function);
  if (first.is(Kind::attribute)) first = first.child(Field::attribute);
  if (!first.is(Kind::identifier) || first.text() != name) return false;
  if (call.child(Field::function).child(Field::attribute).text() == "run_until_complete") return true;
  const Type* callee = context.callee(call);
  return callee != nullptr && (callee->name == "asyncio.run" || callee->name == "asyncio.Runner.run" ||
                               callee->name == "anyio.run" || callee->name == "trio.run");
}

// The handler gives the exception to a function of this file that may raise it.
bool is_raised_by_helper(Node clause, Context& context) {
  const std::string_view name = clause.is(Kind::except_clause) ? name_of_exception(clause) : std::string_view();
  if (name.empty()) return false;
  return any_in(clause.child(Kind::block), [&](Node node) {
    if (!node.is(Kind::identifier) || node.text() != name || !node.parent().is(Kind::argument_list)) return false;
    const Type* callee = context.callee(node.parent().parent());
    if (callee == nullptr || callee->function == nullptr) return false;
    const Node helper = callee->unit->unit->ast.node(callee->function->node);
    return any_in(helper.child(Field::body), [](Node inner) { return inner.is(Kind::raise_statement); });
  });
}

bool confirm(const Report& report, Context& context) {
  if (is_raised_by_helper(context.unit().unit->ast.node(report.node), context)) return false;
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const std::string_view name = function.child(Field::name).text();
  const bool run = any_unit_with(name, context, [&](Node root, Context& inside) {
    return root.text().find("run") != std::string_view::npos &&
           any_in(root, [&](Node node) { return node.is(Kind::call) && runs(node, name, inside); });
  });
  return !run && runs_after_startup(report, context);
}

bool is_jump(Node node) {
  return node.is(Kind::return_statement) || node.is(Kind::break_statement) || node.is(Kind::continue_statement) ||
         node.is(Kind::raise_statement);
}

// `raise` at the end of a handler that catches nothing else.
Fixes raise_at_end(Node clause, Context& context) {
  const Node last = clause.child(Kind::block).last_child();
  if (!last) return {};
  const bool elsewhere = any_in(clause.child(Kind::block),
                                [&](Node node) { return is_jump(node) && !(is_jump(last) && last.covers(node)); });
  if (elsewhere) return {{}, "the handler ends in several places"};
  const bool nothing = last.is(Kind::pass_statement) || last.first_child().is(Kind::ellipsis);
  const fixes::Place place = context.place(last);
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix("Raise the cancellation again", fixes::Applicability::unsafe,
                      {nothing || is_jump(last) ? fixes::replace(context.file(), place, "raise")
                                                : fixes::add_statements(context.file(), place, {"raise"})}));
  return fixes;
}

// `except asyncio.CancelledError: raise` before a handler that catches other things too.
Fixes raise_before(Node clause, Context& context) {
  const fixes::FileView& file = context.file();
  const fixes::Place place = context.place(clause);
  const auto indent = fixes::indentation(file, place);
  const fixes::LoopLibrary library = fixes::loop_library(file);
  const std::string_view module = library == fixes::LoopLibrary::trio    ? "trio"
                                  : library == fixes::LoopLibrary::anyio ? "anyio"
                                                                         : "asyncio";
  fixes::Import import = fixes::import_module(file, place, module);
  if (!import.problem.empty()) return {{}, import.problem};
  if (!indent) return {};
  const std::string_view cancelled = library == fixes::LoopLibrary::trio    ? "Cancelled"
                                     : library == fixes::LoopLibrary::anyio ? "get_cancelled_exc_class()"
                                                                            : "CancelledError";
  const std::string_view end = file.text.dominant_line_ending();
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(fixes::insert_before(
      file, place,
      fmt::format("except {}.{}:{}{}raise{}{}", import.name, cancelled, end, fixes::deeper(*indent), end, *indent)));
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix("Let the cancellation pass", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

Fixes fix(const Report& report, Context& context) {
  const Node clause = context.unit().unit->ast.node(report.node);
  if (!clause.is(Kind::except_clause)) return {};
  const bool alone = ResolvedFacts(context).caught_by(clause).errors == Part::none;
  return alone ? raise_at_end(clause, context) : raise_before(clause, context);
}

}  // namespace
}  // namespace surefoot::rules

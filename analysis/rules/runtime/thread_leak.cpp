#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule thread_leak;
const Rule thread_leak{
    .code = "RT313",
    .name = "thread-leak",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_one_of(
      {"threading.Thread", "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"});
}

enum class Leak : std::uint8_t { none, thread, executor };

bool listed(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Leak made(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (function.is(Kind::identifier) && fixes::is_shadowed(call, function.text())) return Leak::none;  // a factory
  if (context.calls(call, "threading.Thread")) return Leak::thread;
  const bool executor = context.calls(call, "concurrent.futures.ThreadPoolExecutor") ||
                        context.calls(call, "concurrent.futures.ProcessPoolExecutor");
  return executor ? Leak::executor : Leak::none;
}

// The method that is called at once on what the call makes: `start` of `Thread(…).start()`.
std::string_view method_at_once(Node call) {
  const Node attribute = call.parent();
  const bool called = attribute.is(Kind::attribute) && attribute.parent().is(Kind::call);
  return called ? attribute.child(Field::attribute).text() : std::string_view();
}

Node name_given(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node assignment = value.parent();
  const bool assigned = assignment.is(Kind::assignment) && value.field() == Field::right;
  const Node target = assigned ? assignment.child(Field::left) : Node();
  return last_part(target) ? target : Node();
}

// What a piece of code does with a thread or an executor that it names.
struct Uses {
  bool started = false;
  bool ended = false;    // joined, shut down, made a daemon, entered
  bool escapes = false;  // others get it and may end it
};

void see_attribute(Node attribute, Uses& uses) {
  const std::string_view name = attribute.child(Field::attribute).text();
  const bool set = attribute.parent().is(Kind::assignment) && attribute.field() == Field::left;
  if (name == "start" || name == "submit" || name == "map") uses.started = true;
  if (listed(name, {"join", "shutdown", "setDaemon"}) || (set && name == "daemon")) uses.ended = true;
}

void see(Node place, Uses& uses, Context& context) {
  const Node parent = place.parent();
  if (parent.is(Kind::attribute)) return see_attribute(parent, uses);
  if (is_binding_place(place) && !parent.is(Kind::with_item)) return;
  if (parent.is(Kind::assignment) && place.field() == Field::left) return;
  const bool argument = parent.is(Kind::argument_list);
  const knowledge::Bridge* bridge = argument ? bridge_of(parent.parent(), context) : nullptr;
  const bool handed_to_loop = bridge != nullptr && bridge->name.ends_with(".run_in_executor");
  if (handed_to_loop) {
    uses.started = true;
  } else if (parent.is(Kind::with_item) || parent.parent().is(Kind::with_item)) {
    uses.ended = true;
  } else if (!parent.is(Kind::if_statement) && !parent.is(Kind::comparison_operator) &&
             !parent.is(Kind::not_operator) && !parent.is(Kind::boolean_operator)) {
    uses.escapes = true;
  }
}

bool leaks(const Uses& uses) { return uses.started && !uses.ended && !uses.escapes; }

bool is_local(Node name) { return name.is(Kind::identifier) && fixes::is_shadowed(name, name.text()); }

Uses uses_in_function(Node name, Context& context) {
  Uses uses;
  for_each_mention_in(outermost_function(name), name.text(), [&](Node place) {
    if (place.is(Kind::identifier)) see(place, uses, context);
  });
  return uses;
}

// True when what the call makes, and nothing names, is started and forgotten.
bool is_dropped(Node call, Leak leak, Context& context) {
  const std::string_view method = method_at_once(call);
  if (leak == Leak::thread) return method == "start";
  const Node list = call.parent();
  const knowledge::Bridge* bridge = list.is(Kind::argument_list) ? bridge_of(list.parent(), context) : nullptr;
  return method == "submit" || method == "map" || (bridge != nullptr && bridge->name.ends_with(".run_in_executor"));
}

void check(Node call, Context& context) {
  const Leak leak = made(call, context);
  const Node function = leak != Leak::none ? context.enclosing_function(call) : Node();
  if (!function || in_startup_code(call, context)) return;
  const Node daemon = argument(call, "daemon");
  if (leak == Leak::thread &&
      (has_double_splat(call) || (daemon && !daemon.is(Kind::false_) && !daemon.is(Kind::none)))) {
    return;
  }
  const Node name = name_given(call);
  if (name.is(Kind::attribute) && name.child(Field::object).text() != "self") return;  // a class's, as a module's
  if (!name && !is_dropped(call, leak, context)) return;
  if (is_local(name) && !leaks(uses_in_function(name, context))) return;
  context
      .report(thread_leak, call,
              leak == Leak::thread
                  ? "Nobody joins this thread, and it is no daemon: it keeps the process from ending, and its end is "
                    "not seen"
                  : "Nobody shuts this executor down: its threads or processes stay until the program ends")
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  const Node name = name_given(context.unit().unit->ast.node(report.node));
  if (!name || is_local(name)) return true;
  Uses uses;
  for_each_mention(name, context, [&](Node place, Context& inside) { see(place, uses, inside); });
  return leaks(uses);
}

// True when all that names the local stands behind its statement, in the same block.
bool is_used_behind(Node statement, Node name) {
  bool behind = true;
  const Node block = statement.parent();
  for_each_mention_in(outermost_function(statement), name.text(), [&](Node place) {
    behind = behind && (place == name || (block.covers(place) && place.start() > statement.end()));
  });
  return behind;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node name = name_given(call);
  Fixes fixes;
  if (made(call, context) != Leak::executor) return fixes;
  const Node statement = name ? call.parent().parent() : Node();
  const fixes::FileView& file = context.file();
  if (!is_local(name) || !statement.is(Kind::expression_statement) || !statement.next_sibling() ||
      !is_used_behind(statement, name) || call.parent().child(Field::type)) {
    fixes.reason = "it cannot be seen where its use ends";
    return fixes;
  }
  const fixes::Place place = context.place(statement);
  const fixes::Place next = context.place(statement.next_sibling());
  if (!fixes::indentation(file, place) || !fixes::indentation(file, next)) {
    fixes.reason = "the statements share a line";
    return fixes;
  }
  std::vector<text::TextEdit> edits = fixes::indent_lines(file, next, context.place(statement.parent().last_child()));
  const std::uint32_t start = fixes::span_in_file(file, place).start;
  const std::uint32_t value = fixes::span_in_file(file, context.place(call.parent().child(Field::right))).start;
  edits.push_back({{start, value}, "with "});
  edits.push_back(fixes::insert_after(file, context.place(call.parent()), " as " + std::string(name.text()) + ":"));
  fixes.offered.push_back(
      fixes::make_fix("Shut it down with a `with` block", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

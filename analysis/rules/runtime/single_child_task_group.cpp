#include <fmt/format.h>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node with, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule single_child_task_group;
const Rule single_child_task_group{
    .code = "RT224",
    .name = "single-child-task-group",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::with_statement},
    .check = check,
    .fix = fix,
};

namespace {

struct Group {
  Node item;  // the with_item
  Node name;
};

// The task group that the item opens under a name; none for other managers.
Group group_of(Node item, Context& context) {
  const Node value = item.is(Kind::with_item) ? without_parentheses(item.first_child()) : Node();
  const Node call = value.is(Kind::as_pattern) ? without_parentheses(value.first_child()) : Node();
  const Type* callee = call.is(Kind::call) ? context.callee(call) : nullptr;
  if (callee == nullptr) return {};
  const knowledge::Provider* provider = knowledge::find_provider(callee->name);
  if (provider == nullptr || provider->what != knowledge::Provided::task_group) return {};
  Node name = value.child(Field::alias);
  if (name.is(Kind::as_pattern_target)) name = name.first_child();
  return name.is(Kind::identifier) ? Group{item, name} : Group{};
}

std::uint32_t mentions(Node tree, std::string_view name) {
  std::uint32_t count = 0;
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == name && node.field() != Field::attribute) ++count;
  }
  return count;
}

// The call that starts the one child: all that the block does.
Node only_start(Node with, Node group) {
  const Node body = with.child(Field::body);
  const Node statement = body.first_child();
  if (body.child_count() != 1 || !statement.is(Kind::expression_statement)) return {};
  Node call = statement.first_child();
  if (call.is(Kind::assignment)) call = call.child(Field::right);
  const Node function = call.is(Kind::call) ? call.child(Field::function) : Node();
  if (!function.is(Kind::attribute) || function.child(Field::object).text() != group.text()) return {};
  const std::string_view method = function.child(Field::attribute).text();
  const bool starts = method == "create_task" || method == "start_soon";
  return starts && mentions(body, group.text()) == 1 ? call : Node();
}

// True for a name that a `with` round it binds.
bool is_bound_around(Node name, Context& context) {
  for (Node outer = name.parent(); outer; outer = outer.parent()) {
    if (!outer.is(Kind::with_statement)) continue;
    for (const Node item : outer.child(Kind::with_clause).children()) {
      if (group_of(item, context).name.text() == name.text()) return true;
    }
  }
  return false;
}

// A group that code outside of its block knows too may have other uses.
bool is_used_outside(Node with, Node group, Context& context) {
  const Node body = context.enclosing_function(with).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool named = node.is(Kind::identifier) && node.text() == group.text() && node.field() != Field::attribute;
    if (named && !is_bound_around(node, context)) return true;
  }
  return !body;
}

void check(Node with, Context& context) {
  if (!with.is_async()) return;
  for (const Node item : with.child(Kind::with_clause).children()) {
    const Group group = group_of(item, context);
    if (!group.name || !only_start(with, group.name) || is_used_outside(with, group.name, context)) continue;
    context
        .report(
            single_child_task_group, with,
            fmt::format("`{}` has one child and does nothing beside it: awaiting it does the same", group.name.text()))
        .span = without_parentheses(group.item.first_child()).span();
  }
}

// `start_soon(f, a)` -> "f(a)", `create_task(f(a))` -> "f(a)"; empty where it takes more than that.
std::string awaited(Node start) {
  const Node arguments = start.child(Field::arguments);
  const Node first = arguments.first_child();
  if (!first || arguments.child(Kind::keyword_argument) || has_splat(start) ||
      arguments.is(Kind::generator_expression)) {
    return {};
  }
  if (start.child(Field::function).child(Field::attribute).text() == "create_task") return std::string(first.text());
  const Node second = first.next_sibling();
  const std::uint32_t from = second ? second.start() : first.end();
  const std::uint32_t to = second ? arguments.last_child().end() : first.end();
  return fmt::format("{}({})", first.text(), start.ast().text().substr(from, to - from));
}

Fixes fix(const Report& report, Context& context) {
  const Node with = context.unit().unit->ast.node(report.node);
  const Node clause = with.child(Kind::with_clause);
  const Group group = clause.child_count() == 1 ? group_of(clause.first_child(), context) : Group{};
  if (!group.name) return {{}, "the statement opens other things too"};
  const Node start = only_start(with, group.name);
  if (!start.parent().is(Kind::expression_statement)) return {{}, "the task is kept"};
  if (fixes::has_comment(with, with)) return {{}, "a comment stands in the code that would be rewritten"};
  const std::string expression = awaited(start);
  if (expression.empty()) return {{}, "the task is started with options"};
  return {{fixes::make_fix("Await it", fixes::Applicability::unsafe,
                           {fixes::replace(context.file(), context.place(with), "await " + expression)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/orm_rows.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule enqueue_before_commit;
const Rule enqueue_before_commit{
    .code = "CEL108",
    .name = "enqueue-before-commit",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

using semantics::FlowGraph;
using semantics::PointId;

bool concerns(const Callee& callee) { return callee.is_written({"delay", "apply_async", "send_task"}); }

std::string_view method_of(Node call) {
  const Node called = call.child(Field::function);
  return called.is(Kind::attribute) ? called.child(Field::attribute).text() : std::string_view();
}

std::string_view owner_of(Node call) { return call.child(Field::function).child(Field::object).text(); }

// A row that was put into a session, and what happens to that session in the same function.
struct NewRow {
  Node name;                  // where it is added
  std::string_view session;   // "db.session"
  Node added;                 // the call
  std::vector<Node> commits;  // calls that commit, or may: those that are given the session
  std::vector<Node> certain;  // those that do
  std::vector<Node> flushes;
};

bool is_session(Node expression, Context& context) {
  return context.is_instance(expression, "sqlalchemy.orm.Session") ||
         context.is_instance(expression, "sqlalchemy.orm.scoped_session") ||
         context.is_instance(expression, "sqlalchemy.ext.asyncio.AsyncSession");
}

// True for an argument of the call, and for an element of a list that is one.
bool is_handed_over(Node name, Node call) {
  Node holder = name.parent();
  if (holder.is(Kind::list) || holder.is(Kind::tuple)) holder = holder.parent();
  return holder.is(Kind::argument_list) && holder.parent() == call;
}

// `db.add(user)`, `db.add_all([user])`: the place of the name in it; null when the call adds no such row.
Node added_name(Node call, std::string_view name, Context& context) {
  const std::string_view method = method_of(call);
  if (method != "add" && method != "add_all") return {};
  const Node owner = call.child(Field::function).child(Field::object);
  for (std::uint32_t i = call.child(Field::arguments).index(); i < call.after(); ++i) {
    const Node node = call.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name || !is_handed_over(node, call)) continue;
    if (row_of(node, context) == Row::sqlalchemy || is_session(owner, context)) return node;
  }
  return {};
}

bool is_given(Node call, std::string_view session) {
  for (const Node child : call.child(Field::arguments).children()) {
    const Node value = child.is(Kind::keyword_argument) ? child.child(Field::value) : child;
    if (value.text() == session) return true;
  }
  return false;
}

void note_session_calls(Node function, NewRow& row) {
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::call)) return;
    const bool own = owner_of(node) == row.session;
    if (own && method_of(node) == "commit") row.certain.push_back(node);
    if (own && method_of(node) == "flush") row.flushes.push_back(node);
    if ((own && method_of(node) == "commit") || is_given(node, row.session)) row.commits.push_back(node);
  });
}

// The names of rows whose keys the value is made of: `user` of `user.id`, `str(user.id)`, and of a local that is one.
void add_names(Node value, Context& context, std::vector<std::string_view>& names, bool follow) {
  for (std::uint32_t i = value.index(); value && i < value.after(); ++i) {
    const Node node = value.ast().node(i);
    if (!node.is(Kind::identifier) || node.field() == Field::attribute) continue;
    if (!contains(names, node.text())) names.push_back(node.text());
    if (!follow) continue;
    const Node source = only_value_of(node, context);
    if (source.is(Kind::attribute)) add_names(source, context, names, false);
  }
}

std::vector<PointId> points_of(const FlowGraph& graph, const std::vector<Node>& nodes) {
  std::vector<PointId> points;
  for (const Node node : nodes) {
    const std::vector<PointId> some = graph.points_of(node);
    points.insert(points.end(), some.begin(), some.end());
  }
  return points;
}

bool names_session(Node tree, std::string_view session) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if ((node.is(Kind::identifier) || node.is(Kind::attribute)) && node.text() == session) return true;
  }
  return false;
}

// True where the session is committed, or may be: also where a `with` that gives or takes it ends.
bool may_commit_at(const semantics::Point& point, const NewRow& row) {
  if (point.kind == semantics::PointKind::leave) return names_session(point.node, row.session);
  if (point.kind != semantics::PointKind::statement && point.kind != semantics::PointKind::test) return false;
  return std::any_of(row.commits.begin(), row.commits.end(), [&](Node call) { return point.node.covers(call); });
}

// True when control goes from the one to the others without coming by a commit.
bool reaches(const FlowGraph& graph, Node from, const std::vector<Node>& to, const NewRow& row) {
  const semantics::Walk walk{.stop = [&](const semantics::Point& point) { return may_commit_at(point, row); }};
  return graph.can_reach(graph.points_of(from), points_of(graph, to), walk);
}

// `with session.begin():`, `with Session.begin() as session:`, which commits where the block ends.
bool commits_at_end(Node with_statement, std::string_view session) {
  const Node clause = with_statement.child(Kind::with_clause);
  for (const Node item : clause.children()) {
    const bool begins = item.text().find(".begin()") != std::string_view::npos;
    if (begins && names_session(item, session)) return true;
  }
  return false;
}

bool is_in_transaction(Node call, const NewRow& row) {
  for (Node outer = call.parent(); outer && !is_definition(outer); outer = outer.parent()) {
    if (outer.is(Kind::with_statement) && outer.covers(row.added) && commits_at_end(outer, row.session)) return true;
  }
  return false;
}

bool is_uncommitted(Node call, const NewRow& row, Context& context) {
  const FlowGraph& graph = context.flow(context.enclosing_function(call));
  if (!reaches(graph, row.added, {call}, row)) return false;
  if (is_in_transaction(call, row)) return true;
  const bool flushed = std::any_of(row.flushes.begin(), row.flushes.end(), [&](Node flush) {
    return reaches(graph, row.added, {flush}, row) && reaches(graph, flush, {call}, row);
  });
  if (flushed) return true;
  return graph.can_reach(graph.points_of(call), points_of(graph, row.certain), {});
}

// The row of this name that the function adds before the call, not committed there; no name when there is none.
NewRow new_row(std::string_view name, Node call, Node function, Context& context) {
  NewRow row;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (row.name || !node.is(Kind::call) || node.start() >= call.start()) return;
    const Node place = added_name(node, name, context);
    if (!place) return;
    NewRow candidate{place, owner_of(node), node, {}, {}, {}};
    note_session_calls(function, candidate);
    if (is_uncommitted(call, candidate, context)) row = candidate;
  });
  return row;
}

NewRow row_for_task(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition)) return {};
  std::vector<std::string_view> names;
  for (std::uint32_t i = call.index(); i < call.after(); ++i) {  // `chain(task.s(user.id), …).delay()`
    const Node part = call.ast().node(i);
    if (!part.is(Kind::call)) continue;
    for (const Node value : values_for_task(part, context)) add_names(value, context, names, true);
  }
  for (const std::string_view name : names) {
    if (NewRow row = new_row(name, call, function, context); row.name) return row;
  }
  return {};
}

void check(Node call, Context& context) {
  const std::string_view method = method_of(call);
  if (method.ends_with("_on_commit") || !is_enqueue(call, context)) return;
  const NewRow row = row_for_task(call, context);
  if (!row.name) return;
  context
      .report(enqueue_before_commit, call,
              fmt::format("The task may run before `{}` is committed, and not find it", row.name.text()))
      .span = call.child(Field::function).span();
}

// The commit behind the statement, in the same block, that its line can move to.
Node commit_behind(Node statement, const NewRow& row) {
  for (Node next = statement.next_sibling(); next; next = next.next_sibling()) {
    for (const Node commit : row.certain) {
      const Node parent = commit.parent().is(Kind::await) ? commit.parent().parent() : commit.parent();
      if (parent == next && next.is(Kind::expression_statement)) return next;
    }
  }
  return {};
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node statement = call.parent();
  const Node commit =
      statement.is(Kind::expression_statement) ? commit_behind(statement, row_for_task(call, context)) : Node();
  if (!commit) return {};
  const fixes::FileView& file = context.file();
  const fixes::Place place = context.place(statement);
  const text::Span span = fixes::span_in_file(file, place);
  const std::uint32_t first = file.text.line_of(span.start);
  const std::uint32_t last = file.text.line_of(span.end);
  const std::string_view rest = file.text.slice({span.end, file.text.line_span(last).end});
  if (!fixes::indentation(file, place) || rest.find_first_not_of(" \t") != std::string_view::npos) {
    return {{}, "something else stands on the line"};
  }
  return {{fixes::make_fix("Enqueue it after the commit", fixes::Applicability::unsafe,
                           {fixes::remove_lines(file, first, last),
                            fixes::add_statements(file, context.place(commit), {std::string(statement.text())})})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/gathering.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule session_shared_across_tasks;
const Rule session_shared_across_tasks{
    .code = "SQA101",
    .name = "session-shared-across-tasks",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kNamed = 0;    // the session stands in what is started
constexpr int kMethods = 1;  // methods of one object are started, which may use a session of it

bool waits_for_several(Node call, Context& context) {
  return context.calls(call, "asyncio.gather") || context.calls(call, "asyncio.wait") ||
         context.calls(call, "asyncio.as_completed");
}

bool concerns(const Callee& callee) {
  return callee.is_spawner || callee.is_bridge ||
         callee.is_one_of({"asyncio.gather", "asyncio.wait", "asyncio.as_completed", "threading.Thread"});
}

// ---- sessions that an expression uses

bool is_shareable(Node expression, Context& context) {
  if (!expression.is(Kind::identifier) && !expression.is(Kind::attribute)) return false;
  if (context.is_instance(expression, "sqlalchemy.ext.asyncio.AsyncConnection")) return true;
  return is_session(expression, context) && !is_scoped_session(expression, context);
}

// Handed on (`load(session)`) or worked with (`session.get(…)`), not `session.bind`.
bool is_used_at(Node name) {
  const Node parent = name.parent();
  if (parent.is(Kind::argument_list) || parent.is(Kind::tuple) || parent.is(Kind::list)) return true;
  if (parent.is(Kind::keyword_argument)) return name.field() == Field::value;
  return parent.is(Kind::attribute) && name.field() == Field::object && parent.parent().is(Kind::call) &&
         parent.field() == Field::function;
}

// True when the tree binds the name itself: a parameter, `with … as session`, `session = …`.
bool binds(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == name && is_binding_place(node) &&
        node.field() != Field::attribute && !node.parent().is(Kind::keyword_argument)) {
      return true;
    }
  }
  return false;
}

Node session_in(Node tree, Context& context) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (is_shareable(node, context) && is_used_at(node) &&
        !binds(tree, root_of(node) ? root_of(node).text() : node.text())) {
      return node;
    }
  }
  return {};
}

// One of several workers at a time: `async with lock:`.
bool is_locked(Node body, Context& context) {
  bool found = false;
  for_each_own(body,
               [&](Node node) { found = found || (node.is(Kind::with_item) && lock_kind(manager_of(node), context)); });
  return found;
}

// The function inside of this one that the name calls.
Node nested_function(Node name, Context& context) {
  if (!name.is(Kind::identifier)) return {};
  const Type* type = semantics::only(context.type_of(name));
  const bool own = type != nullptr && type->function != nullptr && type->unit == &context.unit();
  const Node definition = own ? name.ast().node(type->function->node) : Node();
  return definition && context.enclosing_function(definition) ? definition : Node();
}

// The session that what is started uses; null when it uses none that is seen.
Node session_of(Node started, Context& context) {
  if (const Node session = session_in(started, context)) return session;
  const Node function = started.is(Kind::call) ? started.child(Field::function) : started;
  const Node nested = nested_function(function, context);
  if (!nested || is_locked(nested.child(Field::body), context)) return {};
  const Node session = session_in(nested.child(Field::body), context);
  const bool own = session && binds(nested, root_of(session) ? root_of(session).text() : session.text());
  return own ? Node() : session;
}

// ---- how often

// The loop or comprehension that starts one after the other with the same session; null when there is none.
Node loop_that_shares(Node started, Node session) {
  for (Node loop = loop_around(started); loop; loop = loop_around(loop)) {
    const Node root = root_of(session) ? root_of(session) : session;
    const bool own = binds(loop, root.text());
    if (own) return {};
    if (is_comprehension(loop) || loop.is(Kind::for_statement)) return loop;
  }
  return {};
}

struct Started {
  Node element;
  bool many = false;
};

std::vector<Started> started_by(Node call, Context& context) {
  std::vector<Started> all;
  const auto add = [&](Node element) {
    element = without_parentheses(element);
    if (element.is(Kind::call) && spawner_of(element, context) != nullptr) return;  // reported where it starts
    const Node loop = loop_around(element);
    all.push_back({element, loop && !loop.covers(call)});
  };
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument)) continue;
    const bool several = argument.is(Kind::list_splat) || !context.calls(call, "asyncio.gather");
    if (!several) {
      add(argument);
      continue;
    }
    const Node collection = argument.is(Kind::list_splat) ? argument.first_child() : argument;
    for (const Node element : elements_of(collection, context)) add(element);
  }
  return all;
}

void report_shared(Node call, Node session, std::string_view how, Context& context) {
  context
      .report(session_shared_across_tasks, call,
              fmt::format("`{}` is used by {} at the same time: a session is one connection and one transaction; give "
                          "each its own",
                          session.text(), how))
      .span = call.child(Field::function).span();
}

// ---- gather

// `repository` of `repository.users()`: the object whose method is started; null for other calls.
Node object_of(Node element) {
  const Node function = element.is(Kind::call) ? element.child(Field::function) : Node();
  const Node object = function.is(Kind::attribute) ? function.child(Field::object) : Node();
  return object.is(Kind::identifier) || object.is(Kind::attribute) ? object : Node();
}

// True when several of the tasks run methods of the same object for which `counts` holds.
template <typename Counts>
bool are_several_of_one(const std::vector<Started>& all, const Counts& counts) {
  return std::any_of(all.begin(), all.end(), [&](const Started& first) {
    const Node object = object_of(first.element);
    if (!object) return false;
    int same = 0;
    for (const Started& one : all) {
      const bool is_same = object_of(one.element).text() == object.text() && counts(one.element);
      same += is_same ? (one.many && loop_that_shares(one.element, object) ? 2 : 1) : 0;
    }
    return same > 1;
  });
}

void check_gather(Node call, Context& context) {
  const std::vector<Started> all = started_by(call, context);
  std::vector<std::string_view> seen;
  for (const Started& one : all) {
    const Node session = session_of(one.element, context);
    if (session) {
      const bool shared = contains(seen, session.text()) || (one.many && loop_that_shares(one.element, session));
      if (shared) return report_shared(call, session, "several tasks", context);
      seen.push_back(session.text());
    }
  }
  if (!are_several_of_one(all, [](Node) { return true; })) return;
  Report& report = context.report(session_shared_across_tasks, call,
                                  "These tasks use the session of their object at the same time: a session is one "
                                  "connection and one transaction; give each its own");
  report.span = call.child(Field::function).span();
  report.variant = kMethods;
}

// ---- tasks and threads

// `await …`, `thread.join()`, `future.result()`: what was started may have ended then.
bool waits(Node node) {
  if (node.is(Kind::await)) return true;
  const std::string_view name = node.is(Kind::attribute) ? node.child(Field::attribute).text() : std::string_view();
  return name == "join" || name == "result" || name == "wait";
}

// What a call starts beside the code that goes on: a task's coroutine, a thread's function with its arguments.
Node started_beside(Node call, Context& context) {
  if (call.parent().is(Kind::await) || waits(call.parent())) return {};  // `submit(…).result()`
  if (spawner_of(call, context) != nullptr) return call.child(Field::arguments);
  const knowledge::Bridge* bridge = bridge_of(call, context);
  const bool thread = bridge != nullptr && !bridge->is_async && bridge->to == knowledge::Where::worker_thread;
  return thread || context.calls(call, "threading.Thread") ? call.child(Field::arguments) : Node();
}

Node session_of_arguments(Node arguments, Context& context) {
  for (const Node one : arguments.children()) {
    const Node value = without_parentheses(one.is(Kind::keyword_argument) ? one.child(Field::value) : one);
    if (is_shareable(value, context)) return value;
    if (const Node session = session_of(value, context)) return session;
  }
  return {};
}

bool waits_between(Node first, Node second) {
  for (std::uint32_t i = first.after(); i < second.index(); ++i) {
    if (waits(first.ast().node(i))) return true;
  }
  return false;
}

// Not where they stand in different branches.
bool comes_to(Node first, Node second, Context& context) {
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(first));
  return graph.can_reach(graph.points_of(first), graph.points_of(second), {});
}

bool is_started_before(Node call, Node session, Context& context) {
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body ? body.index() : call.index(); i < call.index(); ++i) {
    const Node other = call.ast().node(i);
    if (!other.is(Kind::call) || other.covers(call) ||
        context.enclosing_function(other) != context.enclosing_function(call))
      continue;
    const Node started = started_beside(other, context);
    const Node same = started ? session_of_arguments(started, context) : Node();
    if (same && same.text() == session.text() && !waits_between(other, call) && comes_to(other, call, context))
      return true;
  }
  return false;
}

// The loop waits behind the start: one comes after the other.
bool waits_in(Node loop, Node call) {
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = call.index(); i < body.after(); ++i) {
    if (waits(body.ast().node(i))) return true;
  }
  return false;
}

void check_started(Node call, Context& context) {
  const Node started = started_beside(call, context);
  const Node session = started ? session_of_arguments(started, context) : Node();
  if (!session) return;
  const bool task = spawner_of(call, context) != nullptr;
  const Node loop = loop_that_shares(call, session);
  const auto work = handed_work(call, context);
  const bool repeated = (work && work->many) || (loop && (is_comprehension(loop) || !waits_in(loop, call)));
  if (!repeated && !is_started_before(call, session, context)) return;
  report_shared(call, session, task ? "several tasks" : "several threads", context);
}

void check(Node call, Context& context) {
  if (waits_for_several(call, context)) return check_gather(call, context);
  check_started(call, context);
}

// ---- methods of one object

bool uses_own_session(Node element, Context& context) {
  auto run = run_at(element, context);
  if (!run || !unit_of(run->unit, context)) return false;
  run->same_object = true;
  bool locked = false;
  const bool used = any_in_run(*run, context, [&](Node node, Context& inside, bool same_object) {
    locked = locked || (node.is(Kind::with_item) && lock_kind(manager_of(node), inside));
    return same_object && node.is(Kind::attribute) && node.child(Field::object).text() == "self" && is_used_at(node) &&
           is_shareable(node, inside);
  });
  return used && !locked;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kNamed) return true;
  return are_several_of_one(started_by(context.unit().unit->ast.node(report.node), context),
                            [&](Node element) { return uses_own_session(element, context); });
}

}  // namespace
}  // namespace surefoot::rules

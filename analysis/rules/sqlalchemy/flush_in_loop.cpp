#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/fan_out.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule flush_in_loop;
const Rule flush_in_loop{
    .code = "SQA110",
    .name = "flush-in-loop",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_of_project() || callee.name.ends_with(".flush") || callee.name.ends_with(".commit");
        },
    .confirm = confirm,
};

namespace {

Node receiver_of(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::object) : Node();
}

Node statement_of(Node call) {
  const Node value = call.parent().is(Kind::await) ? call.parent() : call;
  return value.parent().is(Kind::expression_statement) ? value.parent() : Node();
}

// `try: … commit() except: …` in the loop: each row is to fail by itself.
bool isolates_errors(Node statement, Node loop) {
  for (Node at = statement.parent(); at && at != loop; at = at.parent()) {
    if (at.is(Kind::try_statement) && at.child(Kind::except_clause)) return true;
  }
  return false;
}

// A session, or a transaction of it, that begins anew in each round.
bool begins_in(Node loop, Node session) {
  bool found = false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    const bool begins = node.is(Kind::with_item) && !manager_of(node).is(Kind::attribute);  // `session.no_autoflush`
    found = found || (begins && mentions(node, last_name(session)));
    if (node.is(Kind::assignment)) found = found || node.child(Field::left).text() == session.text();
  });
  return found || mentions(loop.child(Field::left), last_name(session));
}

bool says(Node loop, std::initializer_list<std::string_view> words) {
  return has_word(loop.child(Field::left).text(), words) || has_word(loop.child(Field::right).text(), words);
}

// A part of the rows at a time; or, for commits, work that is remembered as done.
bool is_about_parts(Node loop, std::string_view method) {
  if (says(loop, {"batch", "batches", "chunk", "chunks", "page", "pages", "chunked", "batched", "partitions"})) {
    return true;
  }
  return method == "commit" && says(loop, {"job", "jobs", "task", "tasks", "message", "messages", "queue", "outbox"});
}

// What else a round waits for: then each commit says that a piece of work is done.
bool does_other_work(Node loop, Node session, Context& context) {
  bool found = false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    if (!node.is(Kind::call) || receiver_of(node).text() == session.text()) return;
    const Type* callee = context.callee(node);
    const bool awaited = node.parent().is(Kind::await) || is_sleep_call(node, context);
    const auto effects =
        callee != nullptr && callee->callable != nullptr ? effects_of(node, *callee->callable) : knowledge::Effect{};
    using knowledge::Effect;
    found = found || awaited ||
            any(effects & (Effect::sends | Effect::blocks_network | Effect::blocks_file | Effect::blocks_subprocess));
  });
  return found;
}

// `line.order_id = order.id` behind the flush: the key that it was for.
bool needs_key(Node loop, Node call) {
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = call.after(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::attribute)) continue;
    const std::string_view name = node.child(Field::attribute).text();
    if (name == "id" || name == "pk" || name == "uuid" || name.ends_with("_id")) return true;
  }
  return false;
}

bool writes_rows(Node loop, Node session) {
  bool found = false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    if (node.is(Kind::assignment)) found = found || node.child(Field::left).is(Kind::attribute);
    if (!node.is(Kind::call) || receiver_of(node).text() != session.text()) return;
    found = found || has_word(last_name(node), {"add", "merge", "delete", "execute"});
  });
  return found;
}

void check(Node call, Context& context) {
  const Node session = receiver_of(call), statement = statement_of(call);
  if (!session || !statement) return;
  const std::string_view method = call.child(Field::function).child(Field::attribute).text();
  if ((method != "flush" && method != "commit") || !is_session(session, context)) return;
  const Node loop = loop_of_statement(statement);
  if (!loop.is(Kind::for_statement) || loop.is_async() || iterates_over_messages(loop, context)) return;
  if (iterates_for_ever(loop, context) || is_about_parts(loop, method) || isolates_errors(statement, loop)) return;
  if (begins_in(loop, session) || !writes_rows(loop, session) || is_short(loop.child(Field::right), context, false)) {
    return;
  }
  if (is_migration_path(context.path())) return;
  if (method == "commit" ? does_other_work(loop, session, context) : needs_key(loop, call)) return;
  context.report(flush_in_loop, call,
                 fmt::format("`{}` in each round of the loop is a round trip for each row: do it once, behind the loop",
                             call.child(Field::function).text()));
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  return !is_short(loop_of_statement(statement_of(call)).child(Field::right), context, true);
}

}  // namespace
}  // namespace surefoot::rules

#include "analysis/fixes/offload.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

constexpr Effect kWanted =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep | Effect::blocks_input;

// Left in a helper for the day when something is wrong: callers need not hear of it.
bool is_debugger(std::string_view name) { return name.starts_with("pdb.") || name == "breakpoint"; }

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & kWanted)) return std::nullopt;
  if (any(blocking->effects & Effect::queries_orm)) return std::nullopt;  // DJG101 says more of these
  if (is_debugger(blocking->name) && !context.in_coroutine(call)) return std::nullopt;
  return blocking;
}

// True when what the call is made on is itself the result of a call that is reported: one cause, one finding.
bool follows_reported_call(Node call, Context& context) {
  for (Node receiver = made_on(call); receiver; receiver = made_on(receiver)) {
    if (receiver.is(Kind::call) && wanted(receiver, context)) return true;
  }
  return false;
}

// ---- blocks

Node statement_of(Node item) {
  Node statement = item.parent();
  while (statement && !statement.is(Kind::with_statement)) statement = statement.parent();
  return statement;
}

// What entering the block waits for, when that is the manager's doing (`with cache.lock("x")`).
Effect entering_effects(Node item, Context& context) {
  const Type* type = semantics::only(context.type_of(manager_of(item)));
  const bool instance = type != nullptr && type->tag == Type::Tag::instance;
  const knowledge::Class* facts = instance ? knowledge::find_class(type->name) : nullptr;
  return facts == nullptr ? Effect::none : facts->entering & kWanted;
}

bool has_wanted_call(Node tree, Context& context) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::call) && wanted(node, context)) return true;
  }
  return false;
}

bool is_reported_item(Node item, Context& context) {
  return has_wanted_call(manager_of(item), context) || any(entering_effects(item, context));
}

// True when what the call is made on comes out of a `with` round it that is reported: `with engine.connect() as c`,
// then `c.execute(…)`. One cause, one finding.
bool uses_reported_block(Node call, Context& context) {
  Node root = root_of(call.child(Field::function));
  for (int step = 0; step < 4 && root.is(Kind::identifier); ++step) {
    const Node item = item_that_binds(root.text(), root);
    if (item && is_reported_item(item, context)) return true;
    const Node value = item ? manager_of(item) : only_value_of(root, context);
    if (!value) return false;
    root = root_of(value);
  }
  return false;
}

// A method that only hands out what an earlier call has fetched.
bool is_reader(std::string_view method) {
  for (const std::string_view prefix : {"fetch", "read", "getvalue", "iter"}) {
    if (method.starts_with(prefix)) return true;
  }
  return false;
}

// What a call's value is bound to: `x` in `x = call()`, `with call() as x`.
std::string_view bound_to(Node call) {
  Node node = call.parent();
  while (node.is(Kind::parenthesized_expression) || node.is(Kind::await)) node = node.parent();
  if (node.is(Kind::assignment)) return node.child(Field::left).text();
  if (node.is(Kind::as_pattern)) return node.child(Field::alias).text();
  return {};
}

// `rows = cursor.fetchall()` behind a reported `cursor.execute(…)` has the same cause as that.
bool continues_reported_call(Node call, Context& context) {
  const Node method = call.child(Field::function);
  if (!method.is(Kind::attribute) || !is_reader(method.child(Field::attribute).text())) return false;
  const std::string_view receiver = method.child(Field::object).text();
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body.index(); i < call.index(); ++i) {
    const Node earlier = call.ast().node(i);
    if (!earlier.is(Kind::call)) continue;
    const Node function = earlier.child(Field::function);
    const bool same = function.child(Field::object).text() == receiver || bound_to(earlier) == receiver;
    if (same && !is_reader(function.child(Field::attribute).text()) && wanted(earlier, context)) return true;
  }
  return false;
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_call_in_async;
const Rule blocking_call_in_async{
    .code = "RT101",
    .name = "blocking-call-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::with_item},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks(kWanted); },
    .fix = fix,
    .confirm = confirm,
    .rises = true,
};

namespace {

void check_item(Node item, Context& context) {
  const Node statement = statement_of(item);
  if (!statement || statement.is_async() || !context.may_run_on_loop(item)) return;
  const Effect effects = entering_effects(item, context);
  if (!any(effects) || has_wanted_call(manager_of(item), context)) return;
  const Type* type = semantics::only(context.type_of(manager_of(item)));
  report_blocking(blocking_call_in_async, item, manager_of(item), type->name, describe(effects), context);
}

void check(Node call, Context& context) {
  if (call.is(Kind::with_item)) return check_item(call, context);
  const auto blocking = wanted(call, context);
  if (!blocking || follows_reported_call(call, context) || continues_reported_call(call, context)) return;
  if (uses_reported_block(call, context)) return;
  report_blocking(blocking_call_in_async, call, call.child(Field::function), blocking->name,
                  describe(blocking->effects & kWanted), context);
}

// Sockets of a file that sets some to be non-blocking are not known to block.
bool confirm(const Report& report, Context& context) {
  return !report.subject.starts_with("socket.socket.") || !is_mentioned("setblocking", context);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  if (!call.node.is(Kind::call)) return {};
  if (context.calls(call.node, "time.sleep")) return fixes::async_sleep(context.file(), call);
  return fixes::offload_call(context.file(), call);
}

}  // namespace
}  // namespace surefoot::rules

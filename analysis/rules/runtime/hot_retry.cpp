#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/io_calls.hpp"
#include "analysis/rules/log_calls.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule hot_retry;
const Rule hot_retry{
    .code = "RT403",
    .name = "hot-retry",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::try_statement, Kind::decorator, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library; },
    .confirm = confirm,
    .notes = true,
};

namespace {

// Report::variant
constexpr int kDirect = 0;
constexpr int kHelper = 1;   // when a function of this file does the I/O
constexpr int kWrapped = 2;  // and raises errors of the project in place of those of the connection

// Errors that come back at once for as long as the other side is away. Those that say "too late" took their time, and
// those that say "taken" or "changed meanwhile" are over with the next try.
bool is_of_connection(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames = {"Exception",
                                                              "BaseException",
                                                              "OSError",
                                                              "IOError",
                                                              "EnvironmentError",
                                                              "ConnectionError",
                                                              "ConnectionRefusedError",
                                                              "ConnectionResetError",
                                                              "ConnectionAbortedError",
                                                              "BrokenPipeError",
                                                              "socket.error",
                                                              "socket.gaierror",
                                                              "socket.herror",
                                                              "ftplib.Error",
                                                              "ftplib.error_perm",
                                                              "ftplib.error_temp"};
  if (contains(kNames, name)) return true;
  const std::string_view last = last_part(name);
  if (name == last || has_word(last, {"timeout", "timed", "conflict", "integrity", "rate", "auth"})) return false;
  return has_word(
      last, {"connection", "connect",      "operational", "network", "client",    "server",  "transport", "request",
             "http",       "url",          "unavailable", "rpc",     "interface", "api",     "broker",    "redis",
             "amqp",       "disconnected", "database",    "dbapi",   "smtp",      "protocol"});
}

bool takes_connection_errors(Node clause, Context& context) {
  const std::vector<Node> taken = taken_by(clause);
  return taken.empty() || std::any_of(taken.begin(), taken.end(), [&](Node one) {
           const Type* type = semantics::only(context.type_of(one));
           return type != nullptr && type->tag == Type::Tag::object && is_of_connection(type->name);
         });
}

bool takes_own_errors(Node clause, Context& context) {
  const std::vector<Node> taken = taken_by(clause);
  return std::any_of(taken.begin(), taken.end(), [&](Node one) {
    const Type* type = semantics::only(context.type_of(one));
    return type != nullptr && type->tag == Type::Tag::object && project_class(type->name, context) != nullptr;
  });
}

// `except OSError as error: raise ShopError() from error`, somewhere in the file.
bool is_raised_for_connection(std::string_view error, Context& context) {
  return any_unit_with(error, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::raise_statement)) continue;
      Node raised = node.first_child();
      if (raised.is(Kind::call)) raised = raised.child(Field::function);
      if (raised.text() != error) continue;
      for (Node outer = node.parent(); outer; outer = outer.parent()) {
        if (outer.is(Kind::except_clause) && takes_connection_errors(outer, inside)) return true;
      }
    }
    return false;
  });
}

bool waits(Node call, Context& context) {
  if (is_sleep_call(call, context)) return true;
  const Node function = call.child(Field::function);
  const Node name = function.is(Kind::attribute) ? function.child(Field::attribute) : function;
  if (name.text() == "wait_for") return false;
  return has_word(function.text(), {"sleep", "wait", "backoff", "back", "delay", "pause", "throttle", "retry", "tick",
                                    "limiter", "schedule", "later", "input", "prompt", "getpass", "confirm"});
}

bool is_exit(Node node) {
  return node.is(Kind::raise_statement) || node.is(Kind::break_statement) || node.is(Kind::return_statement) ||
         node.is(Kind::assert_statement);
}

// Calls that take no time: they write to the log, or their library is known.
bool is_harmless(Node call, Context& context) {
  static constexpr std::array<std::string_view, 14> kNames = {"append", "add",  "format",    "inc",       "str",
                                                              "repr",   "type", "len",       "print",     "incr",
                                                              "labels", "set",  "increment", "isinstance"};
  if (is_log_call(call, context)) return true;
  const Node function = call.child(Field::function);
  if (contains(kNames, last_part(function.text()))) return true;
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->callable != nullptr && callee->callable->effects == knowledge::Effect::none;
}

// True when the handler goes on at once: it has no way out and calls nothing that may take its time.
bool goes_on_at_once(Node clause, Context& context) {
  const Node block = block_of(clause);
  for (std::uint32_t i = block.index(); block && i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (is_exit(node) || node.is(Kind::await) || node.is(Kind::yield)) return false;
    if (node.is(Kind::if_statement)) return false;  // it thinks about how often, or about what went wrong
    if (node.is(Kind::call) && !is_harmless(node, context)) return false;
  }
  return static_cast<bool>(block);
}

// `while not connected`, `while conn is None`, `while conn == None`: asks for something that the try sets.
bool is_until_success(Node loop, Node guarded) {
  Node condition = without_parentheses(loop.child(Field::condition));
  for (const Node child : condition.children()) {
    const std::string_view symbol = child.is(Kind::operator_) ? child.text() : "";
    if (condition.is(Kind::comparison_operator) && symbol != "" && symbol != "is" && symbol != "==") return false;
  }
  std::set<std::string_view> names;
  for (std::uint32_t i = condition.index(); condition && i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    if (node.is(Kind::call) || node.is(Kind::boolean_operator)) return false;
    if (node.is(Kind::attribute) || node.is(Kind::identifier)) names.insert(node.text());
  }
  for (std::uint32_t i = guarded.index(); i < guarded.after(); ++i) {
    const Node node = guarded.ast().node(i);
    if (node.is(Kind::assignment) && names.contains(node.child(Field::left).text())) return true;
  }
  return false;
}

// What stands in the loop beside the guarded block leaves it alone: no wait, no way out but for success.
bool has_no_brake(Node loop, Node guard, Context& context) {
  const Node condition = loop.child(Field::condition);
  for (std::uint32_t i = condition.index(); condition && i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    if (node.is(Kind::call) && waits(node, context)) return false;  // `while not stopping.wait(10):`
  }
  const Node body = loop.child(Field::body);
  const Node guarded = guard.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::call) && waits(node, context)) return false;
    if (guarded.covers(node) || node.parent() == body) continue;
    if (node.is(Kind::await) || node.is(Kind::yield)) return false;
    const bool after = guard.child(Kind::else_clause) && guard.child(Kind::else_clause).covers(node);
    if (is_exit(node) && !after) return false;
    if (node.is(Kind::call) && !after && !is_harmless(node, context)) return false;
  }
  return true;
}

struct Io {
  Node call;
  bool direct = false;
};

// The first call of the guarded block that talks to the outside, or may do so.
Io io_in(Node guarded, Context& context) {
  Io found;
  for (std::uint32_t i = guarded.index(); i < guarded.after(); ++i) {
    const Node node = guarded.ast().node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) i = node.after() - 1;
    if (!node.is(Kind::call)) continue;
    if (is_io_call(node, context)) return {node, true};
    const Type* callee = context.callee(node);
    if (!found.call && callee != nullptr && callee->function != nullptr) found.call = node;
  }
  return found;
}

bool is_first(Node call, Node guarded) {
  for (std::uint32_t i = guarded.index(); i < call.index(); ++i) {
    const Node node = guarded.ast().node(i);
    if (node.is(Kind::call) && !node.covers(call)) return false;
  }
  return true;
}

bool runs_for_ever(Node loop, Context& context) {
  return loop.is(Kind::while_statement) ? runs_until_stopped(loop) : iterates_for_ever(loop, context);
}

text::Span head_of(Node loop) {
  return {loop.start(), loop.child(loop.is(Kind::for_statement) ? Field::right : Field::condition).end()};
}

// `async for event in api.watch():`, or `for line in self._lines():` of a generator.
bool is_stepped_through(Node call, Context& context) {
  if (call.field() != Field::right || !call.parent().is(Kind::for_statement)) return false;
  if (call.parent().is_async()) return true;
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->function != nullptr && callee->function->is_generator;
}

// The function of another file that the call runs.
semantics::FunctionRef helper_elsewhere(Node call, Context& context) {
  if (const auto run = run_elsewhere(call, context)) return {run->unit, run->function};
  const Type* callee = is_stepped_through(call, context) ? context.callee(call) : nullptr;
  if (callee == nullptr || callee->function == nullptr) return {};
  const bool is_here = &context.resolver().module_of(*callee->unit) == &context.module();
  return is_here ? semantics::FunctionRef{} : semantics::FunctionRef{callee->unit, callee->function};
}

void say_loop(Node loop, const Io& io, bool wrapped, Context& context) {
  const Type* callee = context.callee(io.call);
  std::string message = fmt::format(
      "When `{}` fails, this loop tries again at once and for ever: wait between the attempts, and limit them",
      callee == nullptr ? io.call.child(Field::function).text() : callee->name);
  const auto helper = io.direct ? semantics::FunctionRef() : helper_elsewhere(io.call, context);
  if (wrapped && (io.direct || helper.function != nullptr)) return;
  if (helper.function != nullptr) {
    Question& question = context.ask(hot_retry, loop, helper, std::move(message));
    question.report.span = head_of(loop);
    question.effects = {"RT101", "DJG101", hot_retry.code};
    return;
  }
  Report& report = context.report(hot_retry, loop, std::move(message));
  report.span = head_of(loop);
  report.variant = wrapped ? kWrapped : io.direct ? kDirect : kHelper;
}

void check_try(Node guard, Context& context) {
  const Node loop = loop_of_statement(guard);
  const Node guarded = guard.child(Field::body);
  if (!loop || !guarded || loop.is_async()) return;
  const bool for_ever = runs_for_ever(loop, context);
  if (!for_ever && !(loop.is(Kind::while_statement) && is_until_success(loop, guarded))) return;
  bool swallows = false;
  bool swallows_own = false;
  for (const Node clause : guard.children()) {
    if (!clause.is(Kind::except_clause)) continue;
    if (takes_connection_errors(clause, context)) {
      if (!goes_on_at_once(clause, context)) return;
      swallows = true;
    } else if (takes_own_errors(clause, context)) {
      swallows_own = swallows_own || goes_on_at_once(clause, context);
    }
  }
  if ((!swallows && !swallows_own) || !has_no_brake(loop, guard, context)) return;
  const Io io = io_in(guarded, context);
  if (!io.call) return;
  // A worker that goes on with the next thing tries again only where it fails to get that thing.
  const bool fetches = (io.direct || is_stepped_through(io.call, context)) && is_first(io.call, guarded);
  if (for_ever && !ends_on_success(guard, guarded) && !fetches) return;
  say_loop(loop, io, !swallows, context);
}

// Decorators that try again at once and for ever unless they are told otherwise, by what tells them.
bool retries_for_ever(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"tenacity.retry", "tenacity.Retrying",
                                                             "tenacity.AsyncRetrying", "retrying.retry", "retry.retry"};
  return contains(kNames, name) || name == "retry.api.retry";
}

bool is_told_otherwise(Node call) {
  for (const Node argument : call.child(Field::arguments).children()) {
    if (!argument.is(Kind::keyword_argument)) return true;
    const std::string_view name = argument.child(Field::name).text();
    const std::string_view value = argument.child(Field::value).text();
    const bool nothing = value.ends_with("stop_never") || value.ends_with("wait_none()");
    if (has_word(name, {"stop", "wait", "tries", "delay", "sleep"}) && !nothing) return true;
  }
  return false;
}

void say_decorator(Node node, std::string_view name, Context& context) {
  context.report(hot_retry, node,
                 fmt::format("`{}` with neither a limit nor a wait tries again at once and for ever", name));
}

void check_call(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (is_awaited_io_call(call, context)) context.note(hot_retry, call, std::string(callee->name), "awaits an answer");
  if (callee == nullptr || callee->tag != Type::Tag::object || !retries_for_ever(callee->name)) return;
  if (!is_told_otherwise(call)) say_decorator(call, callee->name, context);
}

// `@retry` without parentheses.
void check_decorator(Node decorator, Context& context) {
  const Node name = without_parentheses(decorator.first_child());
  if (name.is(Kind::call)) return;
  const Type* type = semantics::only(context.type_of(name));
  if (type != nullptr && type->tag == Type::Tag::object && retries_for_ever(type->name)) {
    say_decorator(name, type->name, context);
  }
}

void check(Node node, Context& context) {
  if (node.is(Kind::try_statement)) return check_try(node, context);
  if (node.is(Kind::decorator)) return check_decorator(node, context);
  check_call(node, context);
}

// True when some clause of the loop takes an error that stands for one of the connection.
bool takes_wrapped_errors(Node loop, Context& context) {
  bool found = false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    if (found || !node.is(Kind::except_clause)) return;
    const std::vector<Node> taken = taken_by(node);
    found = std::any_of(taken.begin(), taken.end(),
                        [&](Node one) { return is_raised_for_connection(last_part(one.text()), context); });
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant != kHelper && report.variant != kWrapped) return true;
  const Node loop = context.unit().unit->ast.node(report.node);
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::call) || !calls_function_with_io(node, context)) continue;
    return report.variant == kHelper || takes_wrapped_errors(loop, context);
  }
  return false;
}

}  // namespace
}  // namespace surefoot::rules

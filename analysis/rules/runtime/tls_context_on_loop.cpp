#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
bool matters_at(const Report& report, Context& context);

}  // namespace

extern const Rule tls_context_on_loop;
const Rule tls_context_on_loop{
    .code = "RT117",
    .name = "tls-context-on-loop",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks(Effect::loads_tls); },
    .confirm = runs_after_startup,
    .rises = true,
    .matters_at = matters_at,
};

namespace {

constexpr Effect kOtherRules = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep;

// True when the client is given what it would otherwise build: `verify=context`, `transport=…`, `http_client=…`.
bool is_given_context(Node call) {
  for (const std::string_view name : {"transport", "http_client", "context", "ssl_context", "httpx_client", "client"}) {
    const Node value = argument(call, name);
    if (value && !value.is(Kind::none)) return true;
  }
  const Node verify = without_parentheses(argument(call, "verify"));
  return verify && !verify.is(Kind::true_) && !verify.is(Kind::string);
}

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & Effect::loads_tls) || any(blocking->effects & kOtherRules)) {
    return std::nullopt;
  }
  if (is_given_context(call) || has_double_splat(call)) return std::nullopt;
  return blocking;
}

// What a call's value is bound to: `x` in `x = call()`.
Node bound_to(Node call) {
  Node node = call.parent();
  while (node.is(Kind::parenthesized_expression) || node.is(Kind::boolean_operator) ||
         node.is(Kind::conditional_expression)) {
    node = node.parent();
  }
  if (node.is(Kind::assignment)) return node.child(Field::left);
  return node.is(Kind::named_expression) ? node.child(Field::name) : Node();
}

bool is_declared_global(Node name, Context& context) {
  const Node body = context.enclosing_function(name).child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::global_statement) && !node.is(Kind::nonlocal_statement)) continue;
    for (const Node child : node.children()) {
      if (child.text() == name.text()) return true;
    }
  }
  return false;
}

// `self.client = AsyncClient()` in a function that neither opens the object by its name nor asks whether there is one.
bool is_made_anew(Node call, Node target, Context& context) {
  const Node function = context.enclosing_function(call);
  if (has_word(function.child(Field::name).text(),
               {"init",      "aenter",  "enter",      "open",       "start",   "setup",   "connect", "reconnect",
                "create",    "build",   "initialize", "initialise", "ensure",  "prepare", "load",    "login",
                "configure", "refresh", "reset",      "client",     "session", "new",     "make"})) {
    return false;
  }
  std::size_t mentions = 0;
  for (std::uint32_t i = function.index(); i < call.index(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::attribute) && node.text() == target.text()) ++mentions;
  }
  return mentions < 2;
}

// `context = create_default_context(); …; self.context = context`
bool is_kept_later(Node name, Context& context) {
  const Node body = context.enclosing_function(name).child(Field::body);
  for (std::uint32_t i = name.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::assignment) || node.child(Field::right).text() != name.text()) continue;
    const Node target = node.child(Field::left);
    if (target.is(Kind::attribute) || target.is(Kind::subscript)) return true;
  }
  return false;
}

// Kept in an attribute, a global or a mapping: built once, and shared from then on.
bool is_kept(Node call, Context& context) {
  const Node target = bound_to(call);
  if (target.is(Kind::subscript)) return true;
  if (target.is(Kind::attribute)) return !is_made_anew(call, target, context);
  return target.is(Kind::identifier) && (is_declared_global(target, context) || is_kept_later(target, context));
}

// `context.load_cert_chain(…)` behind the call that made the same context, or behind another of its loads.
bool continues_reported_call(Node call, Context& context) {
  const std::string_view receiver = call.child(Field::function).child(Field::object).text();
  const Node body = context.enclosing_function(call).child(Field::body);
  if (receiver.empty() || !context.is_instance(call.child(Field::function).child(Field::object), "ssl.SSLContext")) {
    return false;
  }
  for (std::uint32_t i = body.index(); i < call.index(); ++i) {
    const Node earlier = body.ast().node(i);
    if (!earlier.is(Kind::call) || !wanted(earlier, context)) continue;
    const Node target = bound_to(earlier);
    if (target && target.text() == receiver) return true;
    if (earlier.child(Field::function).child(Field::object).text() == receiver) return true;
  }
  return false;
}

// `@functools.cache def client(): …` builds it once.
bool is_in_cached_function(Node call, Context& context) {
  const Node decorated = context.enclosing_function(call).parent();
  if (!decorated.is(Kind::decorated_definition)) return false;
  for (const Node decorator : decorated.children()) {
    if (decorator.is(Kind::decorator) && decorator.text().find("cache") != std::string_view::npos) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  const auto blocking = wanted(call, context);
  if (!blocking || is_kept(call, context) || in_startup_code(call, context)) return;
  if (continues_reported_call(call, context) || is_in_cached_function(call, context)) return;
  Report& report = context.report(
      tls_context_on_loop, call,
      fmt::format("`{}` reads certificates from disk on the event loop each time; build it once and share it",
                  blocking->name));
  report.span = call.child(Field::function).span();
  report.subject = blocking->name;
  report.effect = "reads certificates from disk";
}

// What brings a program or a service up, by its name.
bool brings_up(std::string_view function) {
  return has_word(function, {"init", "initialize", "setup", "start", "serve", "launch", "bootstrap", "run", "main"});
}

// A call whose result is kept is made once, and so is what starts the program.
bool matters_at(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (in_startup_code(call, context) || (call.is(Kind::call) && is_kept(call, context))) return false;
  return !brings_up(context.enclosing_function(call).child(Field::name).text());
}

}  // namespace
}  // namespace surefoot::rules

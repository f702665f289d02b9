#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/timeouts.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule no_timeout;
const Rule no_timeout{
    .code = "RT401",
    .name = "no-timeout",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.facts != nullptr || callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using knowledge::Callable;
using knowledge::Effect;
using knowledge::TimeoutDefault;

// Report::variant
constexpr int kMissing = 0;
constexpr int kNone = 1;        // `timeout=None`
constexpr int kHandedOver = 2;  // `asyncio.to_thread(requests.get, url)`

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view one) { return name.starts_with(one); });
}

bool waits_for_process_or_future(const Callable& facts) {
  return any(facts.effects & Effect::blocks_subprocess) || facts.name.ends_with("Future.result");
}

// The class of a method that its constructor can give a limit too ("ftplib.FTP" for connect()).
const Callable* constructor_of(std::string_view method) {
  const std::string_view owner = method.substr(0, method.rfind('.'));
  const Callable* constructor = knowledge::find_class(owner) != nullptr ? knowledge::find_callable(owner) : nullptr;
  const bool limits = constructor != nullptr && constructor->timeout_default != TimeoutDefault::no_timeout_parameter;
  return limits ? constructor : nullptr;
}

// True for a class that connects later, in a method with a limit of its own.
bool connects_later(std::string_view class_name) {
  for (const std::string_view method : {"connect", "open"}) {
    const Callable* facts = knowledge::find_method(class_name, method);
    if (facts != nullptr && facts->timeout_default != TimeoutDefault::no_timeout_parameter) return true;
  }
  return false;
}

// The calls that this rule is about: they ask somebody over the network. Those that wait for messages may wait.
bool is_of_interest(Node call, const Callable& facts, bool strict) {
  if (waits_for_process_or_future(facts)) return strict;
  if (any(facts.effects & Effect::blocks_wait)) return false;
  const bool asks = any(facts.effects & (Effect::sends | Effect::opens_connection));
  if (facts.timeout_default == TimeoutDefault::finite) {
    return starts_with_any(facts.name, {"httpx", "aiohttp."}) && !facts.name.ends_with(".ws_connect");
  }
  if (!asks) return starts_with_any(facts.name, {"http.client.", "telnetlib.", "aiohttp."});
  const bool unused = !any(effects_of(call, facts)) && any(facts.effects);
  return !unused || !connects_later(facts.name);
}

// The `None` that switches the limit off: the value itself, or the part for the answer of `(connect, read)`.
Node switched_off(Node value, std::string_view name) {
  value = without_parentheses(value);
  if (value.is(Kind::none)) return value;
  if (!value.is(Kind::tuple) || !name.starts_with("requests")) return {};
  const Node last = value.last_child();
  return last.is(Kind::none) ? last : Node();
}

// True when an object that holds several limits has one beside the total.
bool has_other_limit(Node call, std::string_view name) {
  if (!name.ends_with("Timeout")) return false;
  for (const Node child : call.child(Field::arguments).children()) {
    if (!child.is(Kind::keyword_argument) || child.child(Field::value).is(Kind::none)) continue;
    const std::string_view keyword = child.child(Field::name).text();
    if (keyword != "total" && keyword != "timeout" && keyword != "ceil_threshold") return true;
  }
  return positional_count(call) > 1;
}

bool may_be_unseen(Node call, const Callable& facts) {
  if (has_double_splat(call)) return true;
  return facts.timeout.position >= 0 && has_splat(call);
}

// `urlopen("file:///etc/hosts")`
bool is_local(Node call) {
  const auto url = semantics::literal_string(argument(call, "url", 0));
  return url && starts_with_any(*url, {"file:", "data:"});
}

// The limit of a method is that of its object where the constructor took one; not known unless this function makes it.
bool is_limited_by_constructor(Node call, const Callable& facts, Context& context) {
  const Callable* constructor = constructor_of(facts.name);
  if (constructor == nullptr || !any(facts.effects & Effect::opens_connection)) return false;
  const Node made = only_value_of(call.child(Field::function).child(Field::object), context);
  return !made.is(Kind::call) || argument(made, constructor->timeout) || may_be_unseen(made, *constructor);
}

const Callable* facts_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->callable == nullptr) return nullptr;
  return callee->callable->timeout_default == TimeoutDefault::no_timeout_parameter ? nullptr : callee->callable;
}

bool asks_for_timeout(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return false;
    const bool choice = outer.is(Kind::conditional_expression);
    const Node condition = choice ? outer.first_child().next_sibling() : outer.child(Field::condition);
    const bool chooses = choice || outer.is(Kind::if_statement) || outer.is(Kind::elif_clause);
    if (chooses && condition != child && has_word(condition.text(), {"timeout"})) return true;
  }
  return false;
}

// True for one branch of a test whether there is a limit, whose other branch does the same call with it:
// `if timeout is None: return f()`, and `return f(timeout=timeout)` behind it or in its `else`.
bool is_branch_without_limit(Node call, const Callable& facts, Context& context) {
  const Node function = context.enclosing_function(call);
  const Node body = function ? function.child(Field::body) : call.ast().root();
  const std::string_view name = call.child(Field::function).text();
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node other = body.ast().node(i);
    if (!other.is(Kind::call) || other == call || other.child(Field::function).text() != name) continue;
    const Node limit = argument(other, facts.timeout);
    if (limit && !limit.is(Kind::none) && (asks_for_timeout(call) || asks_for_timeout(other))) return true;
  }
  return false;
}

std::optional<int> form_of(Node call, const Callable& facts, Context& context) {
  if (!is_of_interest(call, facts, context.strict()) || has_other_limit(call, facts.name)) return std::nullopt;
  const Node given = argument(call, facts.timeout);
  if (given) {
    if (!switched_off(given, facts.name)) return std::nullopt;
    return is_under_timeout(call, context) ? std::nullopt : std::optional(kNone);
  }
  if (facts.timeout_default != TimeoutDefault::waits_for_ever || may_be_unseen(call, facts)) return std::nullopt;
  if (has_own_sending(call, context) || is_limited_by_constructor(call, facts, context)) return std::nullopt;
  if (argument(call, "sock") || is_branch_without_limit(call, facts, context)) return std::nullopt;
  return facts.name == "urllib.request.urlopen" && is_local(call) ? std::nullopt : std::optional(kMissing);
}

// A finished future does not wait.
bool is_finished(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  const std::string_view code = function ? function.text() : call.ast().text();
  for (const std::string_view sign : {"as_completed(", ".done()", ".exception()", ".cancelled()", "wait("}) {
    if (code.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

// The function that a call hands to a thread with its arguments, when it has no limit among them.
const Callable* handed_over(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || bridge->arguments != knowledge::Handover::rest || has_splat(call)) return nullptr;
  if (bridge->to != knowledge::Where::worker_thread && bridge->to != knowledge::Where::process) return nullptr;
  const Node function = without_parentheses(argument(call, bridge->callable));
  if (!function.is(Kind::identifier) && !function.is(Kind::attribute)) return nullptr;
  const Type* type = semantics::only(context.type_of(function));
  if (type == nullptr || type->tag != Type::Tag::object || type->callable == nullptr) return nullptr;
  const Callable& facts = *type->callable;
  const bool asks = any(facts.effects & Effect::blocks_network) && any(facts.effects & Effect::sends);
  if (!asks || facts.timeout_default != TimeoutDefault::waits_for_ever) return nullptr;
  if (argument(call, facts.timeout.parameter)) return nullptr;
  const int before = bridge->callable.position + 1;
  const bool by_position =
      facts.timeout.position >= 0 && static_cast<int>(positional_count(call)) > before + facts.timeout.position;
  return by_position ? nullptr : &facts;
}

std::string message_for(int form, const Callable& facts) {
  return fmt::format("`{}` {}: it waits for ever when no answer comes", facts.name,
                     form == kNone ? "has its timeout switched off" : "has no timeout");
}

void check(Node call, Context& context) {
  const Callable* facts = facts_of(call, context);
  std::optional<int> form;
  if (facts != nullptr) {
    form = form_of(call, *facts, context);
    if (form && facts->name.ends_with("Future.result") && is_finished(call, context)) return;
    if (form && facts->name.starts_with("subprocess.Popen.")) return;  // RT312
  } else if ((facts = handed_over(call, context)) != nullptr) {
    form = kHandedOver;
  }
  if (!form) return;
  Report& report = context.report(no_timeout, call, message_for(*form, *facts));
  report.span = call.child(Field::function).span();
  report.variant = *form;
}

// A name of another file that is not the function's own: what it was made with does not show here.
bool is_made_elsewhere(Node function, const Callable& facts, Context& context) {
  const auto* values = function.is(Kind::identifier) ? context.module().find(function.text()) : nullptr;
  return values != nullptr && std::any_of(values->begin(), values->end(), [&](const semantics::TermRef& value) {
           const std::string_view path = value.unit->terms[value.term].name;
           return value.kind == semantics::BindingKind::import &&
                  semantics::last_part(path) != semantics::last_part(facts.name);
         });
}

// `get = functools.partial(requests.get, timeout=5)`, which is called.
bool is_partial_with_timeout(Node function, const Callable& facts, Context& context) {
  const auto made = maker_of(function, context);
  if (!made) return is_made_elsewhere(function, facts, context);
  Context inside(context, made->unit);
  const std::string_view name = facts.timeout.parameter.empty() ? "timeout" : facts.timeout.parameter;
  return inside.calls(made->call, "functools.partial") && (argument(made->call, name) || has_double_splat(made->call));
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kNone) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  const bool handed = report.variant == kHandedOver;
  const Callable* facts = handed ? handed_over(call, context) : facts_of(call, context);
  if (facts == nullptr) return false;
  const Node function =
      handed ? without_parentheses(argument(call, bridge_of(call, context)->callable)) : call.child(Field::function);
  if (is_partial_with_timeout(function, *facts, context)) return false;
  if (waits_for_process_or_future(*facts)) return true;
  if (facts->name.starts_with("requests.Session.")) {
    const Node session = call.child(Field::function).child(Field::object);
    if (limits_session(handed ? Node() : session, context)) return false;
  }
  return !sets_default_timeout(context);
}

Fixes switch_on(const fixes::Place& call, const Callable& facts, Context& context) {
  const Node none = switched_off(argument(call.node, facts.timeout), facts.name);
  std::vector<text::TextEdit> edits;
  std::string limit = "10";
  if (facts.name.starts_with("aiohttp.") && facts.name != "aiohttp.ClientTimeout") {
    const fixes::Import aiohttp = fixes::import_module(context.file(), call, "aiohttp");
    if (!aiohttp.problem.empty()) return {{}, aiohttp.problem};
    if (aiohttp.edit) edits.push_back(*aiohttp.edit);
    limit = aiohttp.name + ".ClientTimeout(total=10)";
  }
  edits.push_back(fixes::replace(context.file(), {call.unit, none}, limit));
  return {{fixes::make_fix("Wait for " + limit + " at most", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

// True for a bridge that hands keywords on to what it runs.
bool takes_keywords(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  return bridge != nullptr &&
         (bridge->name.empty() || bridge->name == "asyncio.to_thread" || bridge->name.ends_with(".run_in_threadpool") ||
          bridge->name.ends_with("Executor.submit"));
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const bool handed = report.variant == kHandedOver;
  if (handed && !takes_keywords(call.node, context)) return {};
  const Callable* facts = handed ? handed_over(call.node, context) : facts_of(call.node, context);
  if (facts == nullptr || call.node.child(Field::arguments).is(Kind::generator_expression)) return {};
  if (report.variant == kNone) return switch_on(call, *facts, context);
  const std::string limit = std::string(facts->timeout.parameter) + "=10";
  return {{fixes::make_fix("Add `" + limit + "`", fixes::Applicability::unsafe,
                           {fixes::add_argument(context.file(), call, limit)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

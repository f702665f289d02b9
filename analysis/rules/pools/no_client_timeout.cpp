#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/timeouts.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule no_client_timeout;
const Rule no_client_timeout{
    .code = "POOL103",
    .name = "no-client-timeout",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_one_of({"aiohttp.ClientSession"}); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// What `ClientSession() as name`, `name = ClientSession()` and `self.name = ClientSession()` bind; null for others.
Node bound_to(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression) || value.parent().is(Kind::await)) value = value.parent();
  const Node parent = value.parent();
  if (parent.is(Kind::assignment)) return parent.child(Field::left);
  const Node alias = parent.is(Kind::as_pattern) ? parent.child(Field::alias) : Node();
  return alias.is(Kind::identifier) || !alias ? alias : alias.first_child();
}

// A method of the session that waits for an answer no longer than it is told to; web sockets wait for messages.
bool is_limited(Node request, Context& context) {
  const std::string_view method = last_name(request);
  if (method == "close" || method == "ws_connect") return true;
  return argument(request, "timeout") || has_double_splat(request) || is_under_timeout(request, context);
}

// How many requests `name` is used for, and how many of them have limits of their own.
struct Requests {
  int all = 0, limited = 0;

  void look_at(Node place, Context& context) {
    const Node call = place.parent().is(Kind::attribute) ? place.parent().parent() : Node();
    if (!call.is(Kind::call) || place.field() != Field::object || last_name(call) == "close") return;
    ++all;
    if (is_limited(call, context)) ++limited;
  }
};

void check(Node call, Context& context) {
  if (!context.calls(call, "aiohttp.ClientSession") || argument(call, "timeout") || has_splat(call)) return;
  if (argument(call, "read_timeout") || argument(call, "conn_timeout")) return;
  if (is_under_timeout(call, context)) return;
  context
      .report(no_client_timeout, call,
              "`aiohttp.ClientSession` without a timeout waits five minutes for each answer: give it a "
              "`ClientTimeout` that fits")
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  const Node name = bound_to(context.unit().unit->ast.node(report.node));
  Requests requests;
  const auto visit = [&](Node place, Context& inside) { requests.look_at(place, inside); };
  const Node function = name ? context.enclosing_function(name) : Node();
  if (name.is(Kind::identifier) && function) {
    for_each_mention_in(function, name.text(), [&](Node place) { visit(place, context); });
  } else if (name.is(Kind::identifier) || name.is(Kind::attribute)) {
    for_each_mention(name, context, visit);
  }
  return requests.all == 0 || requests.all > requests.limited;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const fixes::Import aiohttp = fixes::import_module(context.file(), call, "aiohttp");
  if (!aiohttp.problem.empty()) return {{}, aiohttp.problem};
  std::vector<text::TextEdit> edits;
  if (aiohttp.edit) edits.push_back(*aiohttp.edit);
  const std::string limit = "timeout=" + aiohttp.name + ".ClientTimeout(total=10)";
  edits.push_back(fixes::add_argument(context.file(), call, limit));
  return {{fixes::make_fix("Add `" + limit + "`", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

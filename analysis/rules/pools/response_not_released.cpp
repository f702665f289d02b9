#include <fmt/format.h>

#include <array>

#include "analysis/fixes/with_block.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/open_ends.hpp"
#include "analysis/rules/resources.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

bool may_give_response(std::string_view name) {
  return name.starts_with("aiohttp.ClientSession.") || name.starts_with("requests.") || name.starts_with("httpx.");
}

}  // namespace

extern const Rule response_not_released;
const Rule response_not_released{
    .code = "POOL105",
    .name = "response-not-released",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library && may_give_response(callee.name); },
    .fix = fix,
};

namespace {

enum class Library : std::uint8_t { none, aiohttp, requests, httpx };

struct Response {
  Library of = Library::none;
  Node value;  // the call, or its `await`
  std::string_view name;
};

constexpr std::array<std::string_view, 8> kVerbs = {"get",    "post", "put",     "patch",
                                                    "delete", "head", "options", "request"};

bool is_streamed(Node call) { return argument(call, "stream").is(Kind::true_); }

Response response_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return {};
  const std::string_view method = semantics::last_part(callee->name);
  const bool awaited = call.parent().is(Kind::await);
  if (callee->name.starts_with("aiohttp.ClientSession.")) {
    const bool gives = contains(kVerbs, method) && method != "head";
    return gives && awaited ? Response{Library::aiohttp, call.parent(), callee->name} : Response{};
  }
  if (!is_streamed(call)) return {};
  if (callee->name.starts_with("requests.")) {
    return contains(kVerbs, method) && method != "head" ? Response{Library::requests, call, callee->name} : Response{};
  }
  if (!callee->name.starts_with("httpx.") || method != "send") return {};
  const bool asynchronous = callee->name.starts_with("httpx.AsyncClient.");
  if (asynchronous && !awaited) return {};
  return {Library::httpx, asynchronous ? call.parent() : call, callee->name};
}

// Attributes whose use reads the body to its end, or closes the response.
bool ends_response(std::string_view attribute, Library of) {
  static constexpr std::array<std::string_view, 8> kAiohttp = {"read",  "text",    "json",      "release",
                                                               "close", "content", "__aexit__", "_release"};
  static constexpr std::array<std::string_view, 5> kRequests = {"close", "content", "text", "json", "__exit__"};
  static constexpr std::array<std::string_view, 6> kHttpx = {"close", "aclose",   "read",
                                                             "aread", "__exit__", "__aexit__"};
  switch (of) {
    case Library::aiohttp:
      return contains(kAiohttp, attribute);
    case Library::requests:
      return contains(kRequests, attribute);
    default:
      return contains(kHttpx, attribute) || attribute.find("iter_") != std::string_view::npos;
  }
}

bool is_entered(Node use) {
  for (Node outer = use.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::attribute) && outer.child(Field::attribute).text() != "raw") return false;
    if (outer.is(Kind::with_item)) return true;
  }
  return false;
}

bool ends(Node tree, std::string_view local, Library of) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != local || node.field() == Field::attribute) continue;
    const Node parent = node.parent();
    const bool attribute = parent.is(Kind::attribute) && ends_response(parent.child(Field::attribute).text(), of);
    if (attribute || is_entered(node)) return true;
  }
  return false;
}

// `for chunk in resp.iter_content():` stays here; what else is made of it may be read anywhere.
bool hands_out_body(Node use) {
  const Node attribute = use.parent();
  if (!attribute.is(Kind::attribute)) return false;
  const std::string_view name = attribute.child(Field::attribute).text();
  if (name.find("iter_") == std::string_view::npos) return false;
  const Node call = attribute.parent();
  Node outer = call.parent();
  if (outer.is(Kind::argument_list) && outer.parent().child(Field::function).text() == "enumerate") {
    outer = outer.parent().parent();
  }
  return !call.is(Kind::call) || !outer.is(Kind::for_statement);
}

bool is_handed_on(Node local, Context& context) {
  if (use_of(local, ResourceKind::client, context).handed_on) return true;
  const Node body = context.enclosing_function(local).child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool same = node.is(Kind::identifier) && node.text() == local.text() && node.field() != Field::attribute;
    if (same && hands_out_body(node)) return true;
  }
  return false;
}

// The session ends with a `with` of the same function, and its responses with it.
bool ends_with_session(Node call) {
  const Node session = call.child(Field::function).child(Field::object);
  for (Node outer = call.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (!session.is(Kind::identifier) || !outer.is(Kind::with_statement)) continue;
    for (std::uint32_t i = outer.index(); i < outer.child(Field::body).index(); ++i) {
      const Node pattern = outer.ast().node(i);
      if (pattern.is(Kind::as_pattern) && pattern.child(Field::alias).text() == session.text()) return true;
    }
  }
  return false;
}

std::string message_for(const Response& response, std::string_view local, OpenEnd end) {
  const std::string_view with = response.of == Library::requests ? "with" : "async with";
  if (local.empty() || end == OpenEnd::never) {
    return fmt::format("The response of `{}` is never released: its connection does not go back to the pool. Use `{}`",
                       response.name, with);
  }
  return fmt::format(
      "`{}` is not released on every way out of the function: its connection is lost to the pool. Use "
      "`{}`",
      local, with);
}

void say(Node call, const Response& response, std::string_view local, OpenEnd end, Context& context) {
  Report& report = context.report(response_not_released, call, message_for(response, local, end));
  report.span = call.child(Field::function).span();
  report.variant = local.empty() ? 1 : 0;
}

// `(await session.get(url)).status`, and a statement that drops it.
bool is_lost(const Response& response) {
  const Node value = outside_parentheses(response.value);
  const Node parent = value.parent();
  if (parent.is(Kind::expression_statement)) return true;
  if (!parent.is(Kind::attribute)) return false;
  const std::string_view name = parent.child(Field::attribute).text();
  return !ends_response(name, response.of) && name.find("iter_") == std::string_view::npos;
}

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::coroutine) return;
  const Response response = response_of(call, context);
  if (response.of == Library::none || ends_with_session(call)) return;
  const Node local = local_bound_to(response.value);
  if (!local) {
    if (is_lost(response)) say(call, response, {}, OpenEnd::never, context);
    return;
  }
  if (is_handed_on(local, context)) return;
  const EndsIt ends_it = [&](Node tree) { return ends(tree, local.text(), response.of); };
  const Node statement = outside_parentheses(response.value).parent().parent();
  const auto end = open_end(local, statement, ends_it, context);
  if (end && *end != OpenEnd::on_failure) say(call, response, local.text(), *end, context);
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Response response = response_of(call, context);
  if (response.of == Library::none) return {};
  if (report.variant == 1) return {{}, "its value is used where it is made"};
  if (response.of == Library::httpx) return {{}, "`stream` would be the call to make"};
  const Node statement = outside_parentheses(response.value).parent().parent();
  const auto entering = response.of == Library::aiohttp ? fixes::Entering::async_with : fixes::Entering::with;
  Fixes fixes = fixes::hold_in_with(context.file(), context.place(statement), entering);
  if (response.of == Library::aiohttp && !fixes.offered.empty()) {
    const std::uint32_t start = fixes::span_in_file(context.file(), context.place(response.value)).start;
    const std::uint32_t end = fixes::span_in_file(context.file(), context.place(call)).start;
    fixes.offered.front().files.front().edits.push_back({{start, end}, ""});  // `async with` awaits it
  }
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

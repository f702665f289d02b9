#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/web_handlers.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule needless_async;
const Rule needless_async{
    .code = "RT113",
    .name = "needless-async",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// What cannot be read may await.
bool uses_async(Node body) { return suspension_in(body) || body.ast().has(Kind::opaque); }

// Names that frameworks call, or that are handed to them: `on_message`,
// `lifespan`, `shutdown_handler`.
bool is_hook(std::string_view name) {
  return name.starts_with("__") ||
         has_word(name, {"on", "handle", "handler", "callback", "hook", "lifespan", "startup", "shutdown", "setup",
                         "teardown", "test", "middleware", "main", "command", "consumer", "listener", "task", "job"});
}

// `async def show(request)`: its route may stand in another file.
bool may_be_routed(Node function, Context& context) {
  const semantics::Function* known = context.unit().function_at(function.index());
  return known != nullptr && takes_request(*known);
}

void check(Node function, Context& context) {
  if (is_test_path(context.path())) return;  // stand-ins for what awaits
  if (!function.is_async() || function.parent().is(Kind::decorated_definition)) return;
  const Node name = function.child(Field::name);
  const Node body = function.child(Field::body);
  if (!name || !body || is_hook(name.text()) || may_be_routed(function, context) || uses_async(body) || is_stub(body))
    return;
  if (may_be_override(function, context)) return;
  context.report(needless_async, function, fmt::format("`{}` is `async` and never awaits anything", name.text())).span =
      name.span();
}

// Each use of the function's name in the file, with the context of its unit.
template <typename Visit>
void for_each_use(Node name, Context& context, const Visit& visit) {
  for_each_identifier(name.text(), context, [&](Node node, Context& inside) {
    const bool itself = &node.ast() == &name.ast() && node == name;
    if (!itself) visit(node, inside);
  });
}

// The `await` of `await f(…)` or `await self.f(…)`; null when the name is used
// in another way.
Node awaited_call(Node identifier) {
  const Node callee = identifier.field() == Field::attribute ? identifier.parent() : identifier;
  const Node call = callee.parent();
  const bool awaited = call.is(Kind::call) && callee.field() == Field::function && call.parent().is(Kind::await);
  return awaited ? call.parent() : Node();
}

// A class of this file that derives from the function's may override it.
bool has_subclass(Node function, Context& context) {
  const std::string_view path = context.enclosing_class(function);
  if (path.empty()) return false;
  const std::string base = context.module().name() + "." + std::string(path);
  for (const auto& model : context.units()) {
    for (const semantics::Class& one : model->classes) {
      const std::string name = context.module().name() + "." + one.path;
      if (name != base && context.resolver().is_subclass(name, base)) return true;
    }
  }
  return false;
}

// Whoever gets the function itself, or its coroutine, may need what `async`
// makes of it.
bool confirm(const Report& report, Context& context) {
  const Node function = context.unit().unit->ast.node(report.node);
  bool only_awaited = true;
  for_each_use(function.child(Field::name), context,
               [&](Node use, Context&) { only_awaited = only_awaited && awaited_call(use); });
  return only_awaited && !has_subclass(function, context);
}

// From the start of `node` up to what follows in it.
text::TextEdit cut(Node node, std::uint32_t length, Context& context) {
  const std::uint32_t start = fixes::span_in_file(context.file(), context.place(node)).start;
  return {{start, start + length}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node function = context.unit().unit->ast.node(report.node);
  std::vector<text::TextEdit> edits{cut(function, static_cast<std::uint32_t>(function.text().find("def", 5)), context)};
  for_each_use(function.child(Field::name), context, [&](Node use, Context& inside) {
    const Node await = awaited_call(use);
    if (await) edits.push_back(cut(await, await.first_child().start() - await.start(), inside));
  });
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix("Make it a plain `def`", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

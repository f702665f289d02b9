#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/web_handlers.hpp"
#include "analysis/semantics/frame.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule executor_per_call;
const Rule executor_per_call{
    .code = "RT310",
    .name = "executor-per-call",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_make_pool(callee); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// ---- how long the pool lives

bool shuts_down(std::string_view method) {
  return method == "shutdown" || method == "close" || method == "terminate" || method == "join";
}

bool is_method_call(Node receiver) {
  return receiver.field() == Field::object && receiver.parent().is(Kind::attribute) &&
         receiver.parent().parent().is(Kind::call) && receiver.parent().field() == Field::function;
}

// The executor of `loop.run_in_executor(pool, f)`.
bool is_borrowed(Node argument, Context& context) {
  const Node keyword = argument.parent().is(Kind::keyword_argument) ? argument.parent() : argument;
  const Node call = keyword.parent().is(Kind::argument_list) ? keyword.parent().parent() : Node();
  const auto work = call.is(Kind::call) ? handed_work(call, context) : std::nullopt;
  return work && work->name.ends_with(".run_in_executor");
}

// True where the value is put away: returned, assigned, made a part of something, appended.
bool is_stored(Node use) {
  const Node parent = use.parent();
  if (!parent.is(Kind::argument_list)) return !parent.is(Kind::keyword_argument);
  static constexpr std::array<std::string_view, 7> kKeepers = {"append", "appendleft",    "add", "put",
                                                               "insert", "enter_context", "push"};
  const std::string_view name = last_name(parent.parent());
  return std::find(kKeepers.begin(), kKeepers.end(), name) != kKeepers.end();
}

// True when the function does nothing with its local that lets the pool outlive the call.
bool stays_in_function(Node target, Node function, Context& context) {
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  if (!frame.slots.contains(target.text())) return false;
  bool closed = false, passed = false;
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != target.text() || is_binding_place(node)) continue;
    const bool method = is_method_call(node);
    const bool managed = node.parent().is(Kind::with_item) || node.parent().is(Kind::as_pattern);
    closed = closed || managed || (method && shuts_down(node.parent().child(Field::attribute).text()));
    if (method || managed || is_borrowed(node, context)) continue;
    if (is_stored(node)) return false;
    passed = true;
  }
  return closed || !passed;
}

bool waits_for_ever(Node loop) {
  if (!loop.is(Kind::while_statement)) return false;
  const Node condition = without_parentheses(loop.child(Field::condition));
  return condition.is(Kind::true_) || condition.is(Kind::integer) || condition.is(Kind::not_operator) ||
         condition.is(Kind::attribute);
}

// A block that lasts as long as its service, or that others run in: `while True:`, `await stop.wait()`, `yield`.
bool is_long_lived(Node block) {
  bool found = false;
  for_each_own(block, [&](Node node) {
    const Node call = node.is(Kind::await) ? node.first_child() : Node();
    const std::string_view method = call.is(Kind::call) ? last_name(call) : std::string_view();
    found = found || node.is(Kind::yield) || waits_for_ever(node) || method == "serve_forever" ||
            (method == "wait" && !call.child(Field::arguments).first_child());
  });
  return found;
}

// True when the pool ends with the call of the function that makes it.
bool is_of_this_call(Node call, Node function, Context& context) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  if (parent.is(Kind::as_pattern) || parent.is(Kind::with_item)) {
    Node statement = parent;
    while (statement && !statement.is(Kind::with_statement)) statement = statement.parent();
    return !is_long_lived(statement.child(Field::body));
  }
  if (is_method_call(value) || is_borrowed(value, context)) return true;
  const Node target = parent.is(Kind::assignment) ? parent.child(Field::left) : Node();
  return target.is(Kind::identifier) && parent.parent().is(Kind::expression_statement) &&
         stays_in_function(target, function, context);
}

// ---- where it is made

// Coroutines that are there to run once.
bool is_once_by_name(std::string_view name) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "start",      "setup",     "serve", "run_server", "serve_forever", "run_forever",
      "__aenter__", "__enter__", "init",  "initialize", "bootstrap"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// A loop that makes a new pool because the last one broke, or that compares pools of several sizes.
bool needs_new_pool(Node loop, Node call) {
  for (const std::string_view error : {"BrokenProcessPool", "BrokenExecutor", "BrokenThreadPool"}) {
    if (mentions(loop, error)) return true;
  }
  bool sized = false;
  const Node target = loop.is(Kind::for_statement) ? loop.child(Field::left) : Node();
  if (!target) return false;
  semantics::for_each_target(target, [&](Node name) {
    for (const Node argument : call.child(Field::arguments).children()) {
      const Node value = argument.is(Kind::keyword_argument) ? argument.child(Field::value) : argument;
      const std::string_view function = value.is(Kind::call) ? value.child(Field::function).text() : "";
      const bool counts = function == "len" || function == "min";  // as many as there is work, which one pool does too
      sized = sized || (!counts && mentions(value, name.text()));
    }
  });
  return sized;
}

// What the pool is made anew for; empty when it is not.
std::string_view occasion(Node call, Node function, Context& context) {
  if (const Node loop = loop_around(call); loop && !needs_new_pool(loop, call)) return "for each round of the loop";
  if (context.in_coroutine(call)) return "each time the coroutine runs";
  if (invoked_by(function, context) != Platform::none) return "for each invocation";
  const semantics::Function* model = context.unit().function_at(function.index());
  return model != nullptr && is_request_handler(*model, context) ? "for each request" : std::string_view();
}

void check(Node call, Context& context) {
  if (pool_made_by(call, context) == Workers::none) return;
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition) || in_startup_code(call, context)) return;
  if (is_once_by_name(function.child(Field::name).text())) return;
  const std::string_view when = occasion(call, function, context);
  if (when.empty() || !is_of_this_call(call, function, context)) return;
  const Type* callee = context.callee(call);
  const bool own = callee->name.starts_with(context.module().name());
  const std::string_view name = own ? last_part(callee->name) : callee->name;
  const std::string_view what = pool_made_by(call, context) == Workers::processes ? "processes" : "threads";
  context
      .report(
          executor_per_call, call,
          fmt::format("`{}` is made {}: its {} start, serve once and end again, and nothing bounds them all together",
                      name, when, what))
      .span = call.child(Field::function).span();
}

// ---- entry points

bool runs_coroutines(Node call) {
  const std::string_view name = last_name(call);
  return call.is(Kind::call) && (name == "run" || name == "run_until_complete");
}

// True when this call is one of the program's start: in `main`, at module level, by `asyncio.run`.
bool is_entry(Node call, Context& inside) {
  const Node outer = call.parent().is(Kind::argument_list) ? call.parent().parent() : Node();
  return !inside.enclosing_function(call) || in_startup_code(call, inside) || (outer && runs_coroutines(outer));
}

// True when all calls of the function in this file, one at least, stand where a program starts.
bool is_called_by_entry_points_only(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return false;
  int calls = 0, entries = 0;
  for_each_unit_with(model->name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      const Type* callee = node.is(Kind::call) && last_name(node) == model->name ? inside.callee(node) : nullptr;
      if (callee == nullptr || callee->function != model) continue;
      ++calls;
      if (is_entry(node, inside) && !loop_around(node)) ++entries;
    }
  });
  return calls > 0 && calls == entries;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(call);
  if (!runs_after_startup(report, context)) return false;
  const bool coroutine = context.in_coroutine(call) && !loop_around(call);
  return !coroutine || !is_called_by_entry_points_only(function, context);
}

// ---- fix

Node statement_of(Node node) {
  while (node && !syntax::is_statement(node.kind())) node = node.parent();
  return node;
}

// True when everything the call is made of means the same at module level.
bool means_same_at_top(Node call, Node function, Context& context) {
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  for (std::uint32_t i = call.index(); i < call.after(); ++i) {
    const Node node = call.ast().node(i);
    if (!node.is(Kind::identifier) || is_binding_place(node)) continue;
    if (frame.slots.contains(node.text()) || mentions(function.child(Field::parameters), node.text())) return false;
    const auto* values = context.module().find(node.text());
    if (values == nullptr) continue;
    for (const semantics::TermRef& value : *values) {
      if (value.kind != semantics::BindingKind::import) return false;
    }
  }
  return true;
}

// A pool of processes must not start with the import of its module (RT304), so it is made when it is first asked for.
std::string definition(std::string_view name, Node call, std::string_view cache, std::string_view end) {
  if (cache.empty()) return fmt::format("{} = {}", name, call.text());
  return fmt::format("{2}@{3}{2}def {0}():{2}    return {1}", name, call.text(), end, cache);
}

// The value of `with pool() as name:` cannot simply be replaced: leaving the block would shut the shared pool down.
bool is_managed(Node call) {
  Node parent = call.parent();
  while (parent.is(Kind::parenthesized_expression)) parent = parent.parent();
  return parent.is(Kind::with_item) || parent.is(Kind::as_pattern);
}

bool is_shut_down(Node call, Node function) {
  bool found = false;
  const std::string_view target = statement_of(call).first_child().child(Field::left).text();
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::call) || !shuts_down(last_name(node))) return;
    found = found || node.child(Field::function).child(Field::object).text() == target;
  });
  return found;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(call);
  const fixes::Place place = context.place(call);
  if (!means_same_at_top(call, function, context)) return {{}, "its arguments are known in the function only"};
  if (!is_managed(call) && is_shut_down(call, function)) return {{}, "the function shuts it down"};
  std::vector<text::TextEdit> edits;
  const bool lazy = pool_made_by(call, context) == Workers::processes;
  std::vector<std::string> problems;
  const auto module_named = [&](std::string_view module) {
    fixes::Import import = fixes::import_module(context.file(), place, module);
    if (import.edit) edits.push_back(std::move(*import.edit));
    if (!import.problem.empty()) problems.push_back(import.problem);
    return import.name;
  };
  const bool old = context.target() < semantics::PythonVersion{3, 9};
  const std::string cache = lazy ? module_named("functools") + (old ? ".lru_cache(maxsize=None)" : ".cache") : "";
  const std::string contextlib = is_managed(call) ? module_named("contextlib") : std::string();
  if (!problems.empty()) return {{}, problems.front()};
  const std::string name = fixes::free_name(context.file(), place, "_executor");
  const std::string end(context.file().text.dominant_line_ending());
  edits.push_back(fixes::define_after_imports(context.file(), definition(name, call, cache, end)));
  const std::string shared = lazy ? name + "()" : name;
  edits.push_back(fixes::replace(context.file(), place,
                                 is_managed(call) ? fmt::format("{}.nullcontext({})", contextlib, shared) : shared));
  return {{fixes::make_fix(fmt::format("Share one, `{}`, of the module", shared), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <array>

#include "analysis/fixes/async_subprocess.hpp"
#include "analysis/fixes/offload.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/extraction.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

using knowledge::Effect;

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_subprocess_in_async;
const Rule blocking_subprocess_in_async{
    .code = "RT104",
    .name = "blocking-subprocess-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks(knowledge::Effect::blocks_subprocess); },
    .fix = fix,
    .rises = true,
};

namespace {

// os.spawn* waits in one of its modes only (Python library reference, os.P_WAIT); os.wait* not with WNOHANG.
bool waits(Node call, std::string_view name) {
  if (name.starts_with("os.spawn")) {
    const std::string_view mode = argument(call, "mode", 0).text();
    return last_part(mode) == "P_WAIT";
  }
  if (!name.starts_with("os.wait")) return true;
  return call.child(Field::arguments).text().find("WNOHANG") == std::string_view::npos;
}

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & Effect::blocks_subprocess)) return std::nullopt;
  if (blocking->name.starts_with("multiprocessing.") || !waits(call, blocking->name)) return std::nullopt;
  return blocking;
}

// The expression that a chain of attributes, calls and subscripts starts from.
Node receiver(Node call) { return without_parentheses(call.child(Field::function).child(Field::object)); }

// True when what the call is made on is itself the result of a call that is reported: one cause, one finding.
bool follows_reported_call(Node call, Context& context) {
  for (Node node = receiver(call); node;) {
    if (node.is(Kind::call)) {
      if (wanted(node, context)) return true;
      node = without_parentheses(node.child(Field::function));
    } else {
      node = without_parentheses(node.child(Field::object));
    }
  }
  return false;
}

// Reads and writes of a pipe whose process this function starts belong to that start; waiting for the process is a
// cause of its own.
bool uses_pipe_of_reported_call(Node call, std::string_view name, Context& context) {
  if (!name.starts_with("subprocess.Popen.std") && !name.starts_with("os._wrap_close.")) return false;
  Node root = receiver(call);
  while (root.is(Kind::attribute)) root = without_parentheses(root.child(Field::object));
  const Node value = root.is(Kind::identifier) ? only_value_of(root, context) : Node();
  return value.is(Kind::call) && wanted(value, context);
}

// `with Popen(…) as process: process.communicate()`: leaving the block would wait as well, and the block is reported.
bool is_in_block_of_process(Node call, Context& context) {
  const Node name = receiver(call);
  for (Node outer = call.parent(); name.is(Kind::identifier) && outer; outer = outer.parent()) {
    if (!outer.is(Kind::with_statement) || outer.is_async()) continue;
    for (const Node item : outer.child(Kind::with_clause).children()) {
      const Node binding = item.first_child();
      if (!binding.is(Kind::as_pattern) || binding.last_child().text() != name.text()) continue;
      const Node made = without_parentheses(binding.first_child());
      if (made.is(Kind::call) && context.calls(made, "subprocess.Popen") && wanted(made, context)) return true;
    }
  }
  return false;
}

void check(Node call, Context& context) {
  const auto blocking = wanted(call, context);
  if (!blocking || follows_reported_call(call, context)) return;
  if (uses_pipe_of_reported_call(call, blocking->name, context) || is_in_block_of_process(call, context)) return;
  const bool starts = blocking->name == "subprocess.Popen" || blocking->name.starts_with("os.posix_spawn");
  const std::string_view what = starts ? "starts a process" : "waits for a process";
  report_blocking(blocking_subprocess_in_async, call, call.child(Field::function), blocking->name, what, context);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  Fixes fixes = extract_with(call.node, "use_process", context);
  if (fixes.offered.empty()) fixes = fixes::offload_call(context.file(), call);
  const Type* callee = context.callee(call.node);
  const auto form = callee == nullptr ? std::nullopt : fixes::run_form(callee->name);
  if (!form) return fixes;
  const Node program = argument(call.node, "args", 0);
  const Type* type = semantics::only(context.type_of(program));
  const bool is_list = type != nullptr && (type->is_instance("list") || type->is_instance("tuple"));
  if (auto rewrite = fixes::await_subprocess(context.file(), call, *form, is_list)) {
    fixes.offered.push_back(std::move(*rewrite));
  }
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

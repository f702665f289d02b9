#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule subprocess_lifecycle;
const Rule subprocess_lifecycle{
    .code = "RT312",
    .name = "subprocess-lifecycle",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_in("subprocess.") || callee.is_in("os.killpg") || callee.is_written({"wait", "kill", "terminate"});
}

// Report::variant
constexpr int kNeverWaited = 0;
constexpr int kFullPipe = 1;    // process.wait() with a pipe that nobody reads
constexpr int kPipeOfCall = 2;  // subprocess.call(…, stdout=PIPE)
constexpr int kPreexec = 3;
constexpr int kShell = 4;  // kill() of a shell, whose children go on
constexpr int kGroup = 5;  // os.killpg without ProcessLookupError
constexpr int kKept = 6;   // never waited for, by the class that keeps it

bool makes_process(Node call, Context& context) {
  return call.is(Kind::call) && context.calls(call, "subprocess.Popen");
}

void say(Node call, int variant, std::string message, Context& context) {
  Report& report = context.report(subprocess_lifecycle, call, std::move(message));
  report.span = call.child(Field::function).span();
  report.variant = variant;
}

// ---- never waited for

// What a plain assignment binds to the value of the call.
Node target_of(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node assignment = value.parent();
  const bool plain = assignment.is(Kind::assignment) && assignment.parent().is(Kind::expression_statement);
  return plain ? assignment.child(Field::left) : Node();
}

Node local_of(Node call) {
  const Node target = target_of(call);
  return target.is(Kind::identifier) ? target : Node();
}

// `self.process` of `self.process = Popen(…)`.
Node attribute_of_self(Node call) {
  const Node target = target_of(call);
  return target.is(Kind::attribute) && target.child(Field::object).text() == "self" ? target : Node();
}

bool is_harmless_method(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {"kill",   "terminate", "send_signal", "pid",       "stdin",
                                                             "stdout", "stderr",    "args",        "returncode"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// True when all that the function does with the process, at least once, is to signal it or to look at its parts.
bool is_never_waited(Node call, Context& context) {
  const ValueUse use = value_use(call, context);
  if (use.fate != Fate::used) return true;
  const Node target = local_of(call);
  const Node function = target ? context.enclosing_function(call) : Node();
  if (!function.is(Kind::function_definition) || only_value_of(target, context) != call) return false;
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != target.text() || is_binding_place(node)) continue;
    const Node attribute = node.parent();
    const bool method = attribute.is(Kind::attribute) && node.field() == Field::object;
    if (!method || !is_harmless_method(attribute.child(Field::attribute).text())) return false;
  }
  return true;
}

// True when the file only signals the process that the attribute keeps, or looks at its parts, and does signal it.
bool is_only_signalled(Node attribute, Context& context) {
  bool only = true, signals = false;
  for_each_mention(attribute, context, [&](Node place, Context&) {
    const Node parent = place.parent();
    if (parent.is(Kind::assignment) && place.field() == Field::left) return;
    const bool part = parent.is(Kind::attribute) && place.field() == Field::object;
    const std::string_view name = part ? parent.child(Field::attribute).text() : "";
    only = only && is_harmless_method(name);
    signals = signals || name == "kill" || name == "terminate" || name == "send_signal" || name == "pid";
  });
  return only && signals;
}

// ---- pipes that fill up

bool is_pipe(Node value, Context& context) {
  const Type* type = value ? semantics::only(context.type_of(value)) : nullptr;
  return type != nullptr && type->is_object("subprocess.PIPE");
}

bool has_output_pipe(Node call, Context& context) {
  return is_pipe(argument(call, "stdout"), context) || is_pipe(argument(call, "stderr"), context);
}

Node outermost_loop(Node node, Node function) {
  Node loop;
  for (Node outer = node.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::while_statement) || outer.is(Kind::for_statement)) loop = outer;
  }
  return loop;
}

// True when code that runs before it is waited for looks at the pipes, or hands the process on.
bool reads_pipe(Node receiver, Node function) {
  const Node body = function.child(Field::body);
  const Node loop = outermost_loop(receiver, function);
  const std::uint32_t end = loop ? loop.after() : receiver.index();
  for (std::uint32_t i = body.index(); i < end; ++i) {
    const Node node = body.ast().node(i);
    if (node.text() != receiver.text() || node.kind() != receiver.kind() || is_binding_place(node)) continue;
    const Node parent = node.parent();
    if (!parent.is(Kind::attribute) || node.field() != Field::object) return true;
    const std::string_view name = parent.child(Field::attribute).text();
    if (name == "stdout" || name == "stderr" || name == "communicate") return true;
  }
  return false;
}

bool waits(Node call, Context& context) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) && function.child(Field::attribute).text() == "wait" &&
         context.is_instance(function.child(Field::object), "subprocess.Popen");
}

void check_wait(Node call, Context& context) {
  const Node receiver = call.child(Field::function).child(Field::object);
  const Node made = receiver.is(Kind::identifier) ? only_value_of(receiver, context) : Node();
  if (!made || !makes_process(made, context) || !has_output_pipe(made, context)) return;
  if (reads_pipe(receiver, context.enclosing_function(call))) return;
  say(call, kFullPipe,
      fmt::format("`{}.wait` waits for ever once the process has filled its pipe, which nobody reads", receiver.text()),
      context);
}

// ---- signals

bool has_own_group(Node made) {
  return argument(made, "start_new_session") || argument(made, "process_group") || argument(made, "preexec_fn") ||
         argument(made, "creationflags") || has_double_splat(made);
}

bool runs_shell(Node made, Context& context) {
  const Node shell = argument(made, "shell");
  return makes_process(made, context) && shell && shell.is(Kind::true_);
}

bool is_kill(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const std::string_view name = function.is(Kind::attribute) ? function.child(Field::attribute).text() : "";
  return (name == "kill" || name == "terminate") &&
         context.is_instance(function.child(Field::object), "subprocess.Popen");
}

bool expects_missing_process(Node except_clause) {
  if (catches_everything(except_clause)) return true;
  return mentions(except_clause, "ProcessLookupError") || mentions(except_clause, "OSError") ||
         mentions(except_clause, "EnvironmentError");
}

// True in the body of a `try`, or a `contextlib.suppress`, that takes a process that is gone already.
bool is_guarded(Node call) {
  for (Node child = call, outer = call.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer) && child.field() == Field::body) return false;
    if (outer.is(Kind::try_statement) && child.field() == Field::body) {
      for (const Node clause : outer.children()) {
        if (clause.is(Kind::except_clause) && expects_missing_process(clause)) return true;
      }
    }
    if (!outer.is(Kind::with_statement)) continue;
    for (const Node manager : managers_of(outer)) {
      if (last_name(manager) == "suppress") return true;
    }
  }
  return false;
}

// ---- reports

bool uses_threads(Context& context) {
  static const semantics::ModuleNames kModules = {"threading", "concurrent.futures", "asyncio", "multiprocessing.pool"};
  return context.module().imports_any(kModules);
}

bool starts_program(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"subprocess.Popen", "subprocess.run", "subprocess.call",
                                                             "subprocess.check_call", "subprocess.check_output"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

constexpr const char* kZombie = "nobody waits for this process: it stays behind as a zombie when it ends";

void check_start(Node call, std::string_view name, Context& context) {
  const Node before_exec = argument(call, "preexec_fn");
  if (before_exec && !before_exec.is(Kind::none) && uses_threads(context)) {
    say(call, kPreexec,
        "`preexec_fn` runs in the forked child, where a lock of another thread may stay locked for ever", context);
  }
  if (name == "subprocess.Popen" && is_never_waited(call, context)) {
    say(call, kNeverWaited, kZombie, context);
  } else if (name == "subprocess.Popen" && attribute_of_self(call)) {
    say(call, kKept, kZombie, context);
  }
  const bool waits = name == "subprocess.call" || name == "subprocess.check_call";
  if (waits && has_output_pipe(call, context)) {
    say(call, kPipeOfCall, fmt::format("`{}` waits for ever once the process has filled its pipe", name), context);
  }
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee != nullptr && callee->tag == Type::Tag::object && starts_program(callee->name)) {
    return check_start(call, callee->name, context);
  }
  if (waits(call, context)) return check_wait(call, context);
  if (is_kill(call, context)) {
    const std::string_view function = call.child(Field::function).text();
    say(call, kShell, fmt::format("`{}` ends the shell: the programs that it has started go on", function), context);
  }
  if (callee != nullptr && callee->is_object("os.killpg") && !is_guarded(call)) {
    say(call, kGroup, "`os.killpg` raises `ProcessLookupError` when the group has ended by itself", context);
  }
}

// The group of the process itself, which is there as long as the call is.
bool is_own_group(Node call, Context& context) {
  const Node group = without_parentheses(argument(call, "", 0));
  if (!group || group.text() == "0") return true;
  const auto made = maker_of(group, context);
  const std::string_view source = made ? last_name(made->call) : std::string_view();
  return source == "getpgrp" || source == "getpid" ||
         (source == "getpgid" && argument(made->call, "", 0).text() == "0");
}

// Where the process is made may be in another method.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kGroup) return !is_own_group(call, context);
  if (report.variant == kKept) return is_only_signalled(attribute_of_self(call), context);
  if (report.variant != kShell) return true;
  const auto made = maker_of(call.child(Field::function).child(Field::object), context);
  if (!made) return false;
  Context inside(context, made->unit);
  return runs_shell(made->call, inside) && !has_own_group(made->call);
}

// ---- fixes

Fixes one(std::string title, std::vector<text::TextEdit> edits) {
  return {{fixes::make_fix(std::move(title), fixes::Applicability::unsafe, std::move(edits))}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kFullPipe && call.parent().is(Kind::expression_statement)) {
    const fixes::Place name = context.place(call.child(Field::function).child(Field::attribute));
    return one("Read its output with `communicate`", {fixes::replace(context.file(), name, "communicate")});
  }
  if (report.variant == kShell) {
    const auto made = maker_of(call.child(Field::function).child(Field::object), context);
    if (!made) return {};
    return one("Start the shell in a session of its own",
               {fixes::add_argument(context.file(), {made->unit, made->call}, "start_new_session=True")});
  }
  return {};
}

}  // namespace
}  // namespace surefoot::rules

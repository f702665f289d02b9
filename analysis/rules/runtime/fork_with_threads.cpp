#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/thread_starts.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule fork_with_threads;
const Rule fork_with_threads{
    .code = "RT303",
    .name = "fork-with-threads",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return may_make_pool(callee) || callee.is_written({"start"}) ||
         callee.is_one_of({"os.fork", "os.forkpty", "pty.fork"});
}

// Report::variant
constexpr int kFork = 0;     // os.fork()
constexpr int kProcess = 1;  // multiprocessing, whose start method decides

// ---- what forks

bool is_fork(Node call, Context& context) {
  return context.calls(call, "os.fork") || context.calls(call, "os.forkpty") || context.calls(call, "pty.fork");
}

// The name of what forks, for the message; empty for other calls.
std::string forking(Node call, Context& context) {
  if (is_fork(call, context)) return std::string(context.callee(call)->name);
  if (starts_process(call, context)) return "multiprocessing.Process.start";
  if (pool_made_by(call, context) != Workers::processes || argument(call, "mp_context")) return {};
  return std::string(context.callee(call)->name);
}

std::string message_for(const std::string& name, bool loop) {
  return loop ? fmt::format(
                    "`{}` forks a process whose event loop runs: the child has the loop's sockets and timers too, "
                    "but none of its threads",
                    name)
              : fmt::format(
                    "`{}` forks a process that runs threads already: a lock that one of them holds stays locked "
                    "in the child for ever",
                    name);
}

void check(Node call, Context& context) {
  const std::string name = forking(call, context);
  if (name.empty()) return;
  const bool fork = is_fork(call, context);
  const bool loop = context.in_coroutine(call) && (fork || starts_process(call, context));
  Report& report = context.report(fork_with_threads, call, message_for(name, loop));
  report.span = call.child(Field::function).span();
  report.variant = fork ? kFork : kProcess;
}

// ---- the start method

enum class Method : std::uint8_t { standard, fork, other };

// What `set_start_method("fork")` or `get_context("spawn")` asks for.
Method method_of(Node call) {
  const Node method = argument(call, "method", 0);
  if (!method || method.is(Kind::none)) return Method::standard;
  return method.text() == "\"fork\"" || method.text() == "'fork'" ? Method::fork : Method::other;
}

// What the calls of this name in the file ask for: `other` when one of them does.
Method method_in_file(std::string_view name, Context& context) {
  Method found = Method::standard;
  for_each_unit_with(name, context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::call) || last_name(node) != name || found == Method::other) continue;
      if (const Method method = method_of(node); method != Method::standard) found = method;
    }
  });
  return found;
}

// The constructor of a `Process` that is started, or the call that makes the pool itself.
std::optional<PlacedCall> constructor_of(Node call, Context& context) {
  if (!starts_process(call, context)) return PlacedCall{context.unit_number(), call};
  return maker_of(call.child(Field::function).child(Field::object), context);
}

// The method of the context that the process or pool is made from; of the module's own for others.
Method method_for(Node call, Context& context) {
  const auto made = constructor_of(call, context);
  if (!made) return method_in_file("get_context", context) == Method::other ? Method::other : Method::standard;
  Context inside(context, made->unit);
  const Type* callee = inside.callee(made->call);
  if (callee == nullptr || !callee->name.starts_with("multiprocessing.context.")) return Method::standard;
  const auto source = maker_of(made->call.child(Field::function).child(Field::object), inside);
  return source && last_name(source->call) == "get_context" ? method_of(source->call) : Method::other;
}

bool forks_processes(Node call, Context& context) {
  const Method all = method_in_file("set_start_method", context);
  if (all == Method::other) return false;
  const Method own = method_for(call, context);
  if (own != Method::standard) return own == Method::fork;
  return all == Method::fork || context.target() < semantics::PythonVersion{3, 14};
}

// A child that runs another program at once is safe: `if os.fork() == 0: os.execv(…)`.
bool runs_other_program(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  const Node body = function ? function.child(Field::body) : Node();
  bool found = false;
  for_each_own(body, [&](Node node) {
    if (!node.is(Kind::call)) return;
    const Type* callee = context.callee(node);
    found = found || (callee != nullptr && callee->name.starts_with("os.exec"));
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kFork ? runs_other_program(call, context) : !forks_processes(call, context)) return false;
  const bool loop = context.in_coroutine(call) && (report.variant == kFork || starts_process(call, context));
  return loop || may_run_threads(call, context);
}

// ---- fix

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kFork) return {};
  const auto made = constructor_of(call, context);
  if (!made) return {{}, "it cannot be seen where the process is made"};
  Context inside(context, made->unit);
  const Type* callee = inside.callee(made->call);
  if (callee == nullptr || callee->function != nullptr) return {};
  const fixes::Place place{made->unit, made->call};
  fixes::Import module = fixes::import_module(context.file(), place, "multiprocessing");
  if (!module.problem.empty()) return {{}, module.problem};
  const std::string spawn = module.name + ".get_context(\"spawn\")";
  std::vector<text::TextEdit> edits;
  if (callee->name == "concurrent.futures.ProcessPoolExecutor") {
    edits.push_back(fixes::add_argument(context.file(), place, "mp_context=" + spawn));
  } else if (callee->name == "multiprocessing.Process" || callee->name == "multiprocessing.Pool") {
    const fixes::Place function{made->unit, made->call.child(Field::function)};
    const std::string_view name = callee->name.substr(callee->name.rfind('.') + 1);
    edits.push_back(fixes::replace(context.file(), function, fmt::format("{}.{}", spawn, name)));
  } else {
    return {};
  }
  if (module.edit) edits.push_back(std::move(*module.edit));
  return {{fixes::make_fix("Start it with the `spawn` method", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

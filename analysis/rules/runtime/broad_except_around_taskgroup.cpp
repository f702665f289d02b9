#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/exception_groups.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node handler, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule broad_except_around_taskgroup;
const Rule broad_except_around_taskgroup{
    .code = "RT218",
    .name = "broad-except-around-taskgroup",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::except_clause},
    .check = check,
    .fix = fix,
};

namespace {

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

bool catches_groups(Node exception, Context& context) {
  const std::string_view name = class_named(exception, context);
  return name == "Exception" || name == "BaseException" || is_group_class(name, context);
}

// Errors that leave a task group as they are.
bool is_never_grouped(Node exception, Context& context) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "asyncio.CancelledError", "KeyboardInterrupt", "SystemExit",
      "GeneratorExit",          "trio.Cancelled",    "concurrent.futures.CancelledError"};
  const std::string_view name = class_named(exception, context);
  return exception.is(Kind::call) || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_timeout_error(Node exception) {
  const std::string_view name = last_part(exception).text();
  return name == "TimeoutError" || name == "TooSlowError" || name == "Timeout";
}

bool is_given_by(Node item, knowledge::Provided what, Context& context) {
  const Node manager = item.is(Kind::with_item) ? manager_of(item) : Node();
  const Type* type = manager.is(Kind::call) ? context.callee(manager) : nullptr;
  const knowledge::Provider* provider = type != nullptr ? knowledge::find_provider(type->name) : nullptr;
  return provider != nullptr && provider->what == what;
}

bool provides(Node with, knowledge::Provided what, Context& context) {
  for (const Node item : with.child(Kind::with_clause).children()) {
    if (is_given_by(item, what, context)) return true;
  }
  return false;
}

// Calls that are not what anybody guards against.
bool is_harmless(Node call) {
  static constexpr std::array<std::string_view, 16> kNames = {"result", "append", "add",   "list",  "dict",    "set",
                                                              "len",    "print",  "debug", "info",  "warning", "error",
                                                              "range",  "extend", "tuple", "sorted"};
  const std::string_view name = last_part(call.child(Field::function)).text();
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// What the code of a `try` does beside running a group.
class Body {
 public:
  Body(Node block, Context& context) : context_(context) { read(block); }

  bool only_runs_group() const { return group_ && !others_; }
  bool has_timeout() const { return timeout_; }

 private:
  void read(Node block) {
    for (const Node statement : block.children()) {
      if (statement.is(Kind::with_statement)) {
        with(statement);
      } else if (raises(statement)) {
        others_ = true;
      }
    }
  }

  void with(Node statement) {
    if (provides(statement, knowledge::Provided::timeout, context_)) timeout_ = true;
    const bool group = provides(statement, knowledge::Provided::task_group, context_);
    if (group) {
      group_ = true;
      // What stands behind the group fails inside of it.
      const Node first = statement.child(Kind::with_clause).first_child();
      if (!timeout_ && !is_given_by(first, knowledge::Provided::task_group, context_)) others_ = true;
    } else if (timeout_ || provides(statement, knowledge::Provided::cancel_scope, context_)) {
      read(statement.child(Field::body));
    } else {
      others_ = true;
    }
  }

  static bool raises(Node statement) {
    for (std::uint32_t i = statement.index(); i < statement.after(); ++i) {
      const Node node = statement.ast().node(i);
      if (node.is(Kind::await) || node.is(Kind::raise_statement) || node.is(Kind::with_statement)) return true;
      if (node.is(Kind::call) && !is_harmless(node)) return true;
      if (is_function(node)) i = node.after() - 1;
    }
    return false;
  }

  Context& context_;
  bool group_ = false, others_ = false, timeout_ = false;
};

bool any_handler_catches_groups(Node statement, Context& context) {
  for (const Node handler : statement.children()) {
    if (!handler.is(Kind::except_clause)) continue;
    for (const Node exception : caught_by(handler)) {
      if (is_group_class(class_named(exception, context), context)) return true;
    }
  }
  return false;
}

void check(Node handler, Context& context) {
  const Node statement = handler.parent();
  if (!statement.is(Kind::try_statement) || is_group_handler(handler)) return;
  const std::vector<Node> caught = caught_by(handler);
  const auto catches = [&](Node exception) { return catches_groups(exception, context); };
  if (caught.empty() || std::any_of(caught.begin(), caught.end(), catches)) return;
  const Body body(statement.child(Field::body), context);
  if (!body.only_runs_group() || any_handler_catches_groups(statement, context)) return;
  const bool misses = std::any_of(caught.begin(), caught.end(), [&](Node exception) {
    return !is_never_grouped(exception, context) && !(body.has_timeout() && is_timeout_error(exception));
  });
  if (!misses) return;
  context
      .report(broad_except_around_taskgroup, handler,
              "The errors of a task group arrive in an `ExceptionGroup`, which this `except` does not catch: use "
              "`except*`")
      .span = {handler.start(), caught.back().end()};
}

// `except*` may not be left by these.
bool leaves_handler(Node handler) {
  for (std::uint32_t i = handler.index(); i < handler.after(); ++i) {
    const Node node = handler.ast().node(i);
    if (node.is(Kind::return_statement) || node.is(Kind::break_statement) || node.is(Kind::continue_statement)) {
      return true;
    }
    if (is_function(node)) i = node.after() - 1;
  }
  return false;
}

Fixes fix(const Report& report, Context& context) {
  const Node statement = context.unit().unit->ast.node(report.node).parent();
  Fixes fixes;
  std::vector<text::TextEdit> edits;
  for (const Node handler : statement.children()) {
    if (!handler.is(Kind::except_clause)) continue;
    if (caught_by(handler).empty()) fixes.reason = "a bare `except` cannot stand beside `except*`";
    if (leaves_handler(handler)) fixes.reason = "`return`, `break` and `continue` may not leave an `except*`";
    const std::uint32_t at = fixes::span_in_file(context.file(), context.place(handler)).start + 6;
    edits.push_back({{at, at}, "*"});
  }
  if (context.target() < semantics::PythonVersion{3, 11}) fixes.reason = "Python has `except*` from 3.11 on";
  if (!fixes.reason.empty()) return fixes;
  fixes.offered.push_back(fixes::make_fix("Use `except*`", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

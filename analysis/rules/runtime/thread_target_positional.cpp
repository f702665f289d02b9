#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule thread_target_positional;
const Rule thread_target_positional{
    .code = "RT316",
    .name = "thread-target-positional",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .in_tests = true,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_one_of({"threading.Thread", "multiprocessing.Process"}); }

// None, or a `group` that the caller hands on.
bool may_be_group(Node value, Context& context) {
  if (value.is(Kind::none) || value.text() == "group") return true;
  const TypeSet& types = context.type_of(value);
  for (const Type& type : types) {
    if (type.tag == Type::Tag::none) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  const bool thread = context.calls(call, "threading.Thread");
  if (!thread && !context.calls(call, "multiprocessing.Process")) return;
  const Node first = argument(call, "", 0);
  if (!first || may_be_group(without_parentheses(first), context)) return;
  context
      .report(thread_target_positional, call,
              fmt::format("The first parameter of `{}` is `group`, which must be None: this call fails",
                          thread ? "threading.Thread" : "multiprocessing.Process"))
      .span = first.span();
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node first = argument(call, "", 0);
  const Node second = argument(call, "", 1);
  if (argument(call, "target") || call.child(Field::arguments).child(Kind::list_splat)) return {};
  std::vector<text::TextEdit> edits{fixes::insert_before(context.file(), context.place(first), "target=")};
  if (second) {
    const bool values = second.is(Kind::tuple) || second.is(Kind::list);
    if (!values || positional_count(call) > 2 || argument(call, "args")) return {};
    edits.push_back(fixes::insert_before(context.file(), context.place(second), "args="));
  }
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix(second ? "Pass `target=` and `args=`" : "Pass it as `target=`",
                                          fixes::Applicability::safe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

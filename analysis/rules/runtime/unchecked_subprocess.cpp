#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unchecked_subprocess;
const Rule unchecked_subprocess{
    .code = "RT318",
    .name = "unchecked-subprocess",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_one_of({"subprocess.run"}); },
    .fix = fix,
};

namespace {

// True when all that is done with the value at `value` is to read what the process wrote.
bool reads_only_output(Node value) {
  const Node attribute = value.parent();
  if (!attribute.is(Kind::attribute)) return false;
  const std::string_view name = attribute.child(Field::attribute).text();
  return name == "stdout" || name == "stderr" || name == "args";
}

bool is_local_unchecked(Node target, Context& context) {
  const Node function = context.enclosing_function(target);
  if (!function.is(Kind::function_definition)) return false;
  bool unchecked = true;
  for_each_mention_in(function.child(Field::body), target.text(), [&](Node place) {
    if (place.is(Kind::attribute)) return;  // of something else
    const Node parent = place.parent();
    const bool bound = parent.is(Kind::assignment) && place.field() == Field::left;
    const bool declared = parent.is(Kind::global_statement) || parent.is(Kind::nonlocal_statement);
    unchecked = unchecked && !declared && (bound || reads_only_output(place));
  });
  return unchecked;
}

// True when nobody looks at how the process ended.
bool is_unchecked(Node call, Context& context) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  if (parent.is(Kind::expression_statement) || reads_only_output(value)) return true;
  if (!parent.is(Kind::assignment) || value.field() != Field::right) return false;
  const Node target = parent.child(Field::left);
  return target.is(Kind::identifier) && parent.parent().is(Kind::expression_statement) &&
         is_local_unchecked(target, context);
}

void check(Node call, Context& context) {
  if (!context.calls(call, "subprocess.run") || has_double_splat(call) || argument(call, "check")) return;
  if (!is_unchecked(call, context)) return;
  context
      .report(unchecked_subprocess, call,
              "Nobody looks at how this process ends: when it fails, the program goes on as if it had not")
      .span = call.child(Field::function).span();
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix("Raise when it fails: `check=True`", fixes::Applicability::unsafe,
                                          {fixes::add_argument(context.file(), context.place(call), "check=True")}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

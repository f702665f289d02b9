#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);

}  // namespace

extern const Rule import_on_loop;
const Rule import_on_loop{
    .code = "RT118",
    .name = "import-on-loop",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .rises = true,
};

namespace {

// A literal says which module it is, so it is mostly one that is loaded already.
bool is_literal(Node name) {
  name = without_parentheses(name);
  return name.is(Kind::string) && !name.child(Kind::interpolation);
}

bool imports_by_name(std::string_view name) {
  return name == "importlib.import_module" || name == "__import__" || name == "importlib.__import__";
}

bool concerns(const Callee& callee) { return imports_by_name(callee.name); }

void check(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !imports_by_name(callee->name)) return;
  const Node module = argument(call, "name", 0);
  if (!module || is_literal(module)) return;
  Report& report = context.report(
      import_on_loop, call, fmt::format("`{}` may read, compile and run a module on the event loop", callee->name));
  report.span = call.child(Field::function).span();
  report.subject = callee->name;
  report.effect = "may read, compile and run a module";
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lazy.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/clients.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/made_anew.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule client_per_invocation;
const Rule client_per_invocation{
    .code = "RT502",
    .name = "client-per-invocation",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.of == Callee::Of::library && makes_shared_client(callee.name); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool is_decorated_by_others(Node function, Context& context) {
  return function.parent().is(Kind::decorated_definition) && invoked_by(function, context) == Platform::none;
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !makes_shared_client(callee->name)) return;
  const Node function = definition_round(call, context);
  if (!function || function.child(Field::name).text() == "__init__" || is_decorated_by_others(function, context))
    return;
  Dependence dependence(function, context);
  if (is_kept(call, dependence) || has_double_splat(call) || dependence.depends(call)) return;
  context
      .report(client_per_invocation, call,
              fmt::format("`{}` is made anew in each invocation, which connects and authenticates again: make it once, "
                          "outside of the handler",
                          callee->name))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  return runs_per_invocation(definition_round(context.unit().unit->ast.node(report.node), context), context);
}

// A name for the function that makes the client: after the variable it goes to, else after the service.
std::string name_for(Node call, Context& context) {
  const Node assignment = call.parent();
  const Node target = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  std::string name = target.is(Kind::identifier) ? std::string(target.text()) : "client";
  while (name.starts_with('_')) name.erase(0, 1);
  return fixes::free_name(context.file(), context.place(call), "_get_" + (name.empty() ? "client" : name));
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = definition_round(call, context);
  const Node root = context.unit().unit->ast.root();
  const Dependence names(function, context);
  if (!context.unit().container.empty()) return {{}, "it stands in a class"};
  if (names.mentions_local(call)) return {{}, "its arguments are known in the function only"};
  fixes::Import functools = fixes::import_module(file, context.place(call), "functools");
  if (!functools.problem.empty()) return {{}, functools.problem};
  std::vector<text::TextEdit> edits;
  if (functools.edit) edits.push_back(std::move(*functools.edit));
  const std::string end(file.text.dominant_line_ending());
  const std::string name = name_for(call, context);
  const std::string_view cache = has_functools_cache(context) ? ".cache" : ".lru_cache(maxsize=None)";
  const std::string head = fixes::cached_function(file, functools.name + std::string(cache), name, "");
  const std::string definition = head + std::string(call.text()) + end + end + end;
  edits.push_back(fixes::insert_before(file, context.place(root), definition));
  edits.push_back(fixes::replace(file, context.place(call), name + "()"));
  return {{fixes::make_fix("Make it once, when it is first used", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node definition, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule async_task_body;
const Rule async_task_body{
    .code = "CEL101",
    .name = "async-task-body",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::Function;
using semantics::Parameter;

// True for a module that uses a package which gives workers an event loop, or tasks that run their coroutines.
bool uses_async_pool(const semantics::ModuleIndex& module) {
  static const semantics::ModuleNames kModules = {"celery_aio_pool", "celery_pool_asyncio", "aio_celery",
                                                  "celery_asyncio"};
  return module.imports_any(kModules);
}

// The same for the module that the task's application is imported from.
bool is_app_of_async_pool(Node decorator, Context& context) {
  const Node expression = decorator.first_child();
  const Node name = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  const Node app = name.is(Kind::attribute) ? name.child(Field::object) : Node();
  const auto* bound = app.is(Kind::identifier) ? context.module().find(app.text()) : nullptr;
  if (bound == nullptr || bound->size() != 1 || bound->front().kind != semantics::BindingKind::import) return false;
  const std::string_view path = bound->front().unit->terms[bound->front().term].name;
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const TypeSet types = context.resolver().import(context.module(), path.substr(0, dot));
  const Type* module = semantics::only(types);
  return module != nullptr && module->module != nullptr && uses_async_pool(*module->module);
}

// An application of a class of its own may run coroutines.
bool is_plain_celery(Node decorator, Context& context) {
  const Node expression = decorator.first_child();
  const Node name = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  if (!name.is(Kind::attribute)) return true;
  const Type* owner = semantics::only(context.type_of(name.child(Field::object)));
  return owner == nullptr || owner->tag != Type::Tag::instance || owner->name == "celery.Celery";
}

// The decorator of a task that gives its coroutine to nobody.
bool awaits_nothing(Node decorator, Context& context) {
  if (!decorator || has_unseen_options(decorator) || decorates_another(decorator)) return false;
  return !task_option(decorator, "base") && is_plain_celery(decorator, context) && !uses_async_pool(context.module()) &&
         !is_app_of_async_pool(decorator, context);
}

void check(Node definition, Context& context) {
  if (!definition.is_async()) return;
  const Function* function = context.unit().function_at(definition.index());
  if (function == nullptr) return;
  const Node decorator = celery_decorator(definition, context);
  const bool method = !decorator && is_task_method(*function, context) && !uses_async_pool(context.module());
  if (!method && !awaits_nothing(decorator, context)) return;
  context
      .report(async_task_body, definition,
              fmt::format("Celery calls `{}` and never awaits what it gives: nothing of its body runs", function->name))
      .span = definition.child(Field::name).span();
}

// A file that asks what is a coroutine has tasks that run theirs.
bool confirm(const Report&, Context& context) {
  return !is_mentioned("iscoroutinefunction", context) && !is_mentioned("iscoroutine", context) &&
         !is_mentioned("isawaitable", context);
}

// What hands the parameters on, as they came.
std::string arguments_for(const Function& function) {
  std::string arguments;
  for (const Parameter& parameter : function.parameters) {
    if (!arguments.empty()) arguments += ", ";
    const std::string_view name = parameter.name;
    switch (parameter.kind) {
      case Parameter::Kind::normal:
        arguments += name;
        break;
      case Parameter::Kind::keyword_only:
        arguments += fmt::format("{0}={0}", name);
        break;
      case Parameter::Kind::variadic:
        arguments += fmt::format("*{}", name);
        break;
      case Parameter::Kind::keywords:
        arguments += fmt::format("**{}", name);
        break;
    }
  }
  return arguments;
}

// `def f(…): return asyncio.run(_f(…))` takes the place under the decorators; the coroutine follows it as `_f`.
Fixes fix(const Report& report, Context& context) {
  const Node definition = context.unit().unit->ast.node(report.node);
  const Function* function = context.unit().function_at(definition.index());
  if (function == nullptr || function->is_generator || !function->container.empty()) return {};
  const fixes::Place place = context.place(definition);
  const auto indent = fixes::indentation(context.file(), place);
  if (!indent) return {{}, "the function shares its line with something else"};
  const fixes::Import asyncio = fixes::import_module(context.file(), place, "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  const std::string hidden = fixes::free_name(context.file(), place, fmt::format("_{}", function->name));
  const std::string end(context.file().text.dominant_line_ending());
  const Node returns = definition.child(Field::return_type);
  const std::string wrapper = fmt::format(
      "def {}{}{}:{}{}return {}.run({}({})){}{}", function->name, definition.child(Field::parameters).text(),
      returns ? fmt::format(" -> {}", returns.text()) : "", end, fixes::deeper(*indent), asyncio.name, hidden,
      arguments_for(*function), indent->empty() ? end + end + end : end + end, *indent);
  std::vector<text::TextEdit> edits;
  if (asyncio.edit) edits.push_back(*asyncio.edit);
  edits.push_back(fixes::insert_before(context.file(), place, wrapper));
  edits.push_back(fixes::replace(context.file(), context.place(definition.child(Field::name)), hidden));
  return {{fixes::make_fix("Run the coroutine from a plain task", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

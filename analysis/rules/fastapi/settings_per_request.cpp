#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

// What reads the environment and `.env` at this call; empty for other calls.
std::string_view reads_settings(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return {};
  static constexpr std::array<std::string_view, 3> kReaders = {"dotenv.load_dotenv", "dotenv.dotenv_values",
                                                               "starlette.config.Config"};
  if (contains(kReaders, callee->name)) return callee->name;
  const bool settings = context.resolver().is_subclass(callee->name, "pydantic_settings.BaseSettings") ||
                        context.resolver().is_subclass(callee->name, "pydantic.BaseSettings");
  return settings ? callee->name : std::string_view();
}

bool is_cached(const semantics::Function& function, Context& context) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const semantics::Term& term = context.unit().terms[decorator];
    const bool called = term.op == semantics::Op::call;
    const Type* type = semantics::only(context.resolver().type_of(context.unit(), called ? term.a : decorator));
    return type == nullptr || type->name.find("cache") != std::string_view::npos;
  });
}

// `global _settings`, `if _settings is None: …`, `app.state.settings = …`: made once, kept.
bool is_kept(Node call, Node function, Context& context) {
  const Node assignment = outside_parentheses(call).parent();
  if (!assignment.is(Kind::assignment)) return false;
  const Node target = assignment.child(Field::left);
  return !target.is(Kind::identifier) || context.names_of(function).globals.contains(target.text());
}

// `def get_settings(): return Settings()`, which other files hand to `Depends`.
bool is_accessor(Node function) {
  const Node body = function.child(Field::body);
  const bool alone = body.last_child().is(Kind::return_statement) && body.child_count() <= 2;
  return alone && has_word(function.child(Field::name).text(), {"settings", "config"}) &&
         function.child(Field::parameters).child_count() == 0;
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule settings_per_request;
const Rule settings_per_request{
    .code = "FAPI116",
    .name = "settings-per-request",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_of_project() ||
                 callee.is_one_of({"dotenv.load_dotenv", "dotenv.dotenv_values", "starlette.config.Config"});
        },
    .fix = fix,
    .confirm = confirm,
};

namespace {

void check(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition)) return;
  const std::string_view name = reads_settings(call, context);
  if (name.empty()) return;
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || is_cached(*model, context) || is_kept(call, function, context)) return;
  if (in_startup_code(call, context)) return;
  context
      .report(settings_per_request, call,
              fmt::format("`{}` reads the environment and its files for each request: keep one in a cached function",
                          call.child(Field::function).text()))
      .span = call.child(Field::function).span();
}

// Called while the module is imported: then it is the one that is kept.
bool is_called_at_import(std::string_view name, Context& context) {
  return any_statement(context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && node.child(Field::function).text() == name) return true;
    }
    return false;
  });
}

bool confirm(const Report& report, Context& context) {
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  if (served_by(function, context) == Served::request) return true;
  return is_accessor(function) && !is_called_at_import(function.child(Field::name).text(), context);
}

Fixes fix(const Report& report, Context& context) {
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const semantics::Function* model = context.unit().function_at(function.index());
  if (!is_accessor(function) || model == nullptr || !model->decorators.empty() || model->is_async) {
    return {{}, "it is no function that only makes the settings"};
  }
  const fixes::Place place = context.place(function);
  const fixes::Import cache = fixes::import_name(context.file(), place, "functools", "lru_cache");
  if (!cache.problem.empty()) return {{}, cache.problem};
  const auto indentation = fixes::indentation(context.file(), place);
  if (!indentation) return {{}, "it shares its line"};
  std::vector<text::TextEdit> edits{
      fixes::insert_before(context.file(), place, fmt::format("@{}\n{}", cache.name, *indentation))};
  if (cache.edit) edits.push_back(*cache.edit);
  return {{fixes::make_fix(fmt::format("Keep what `{}` gives", model->name), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

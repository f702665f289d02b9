#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule extension_bound_at_import;
const Rule extension_bound_at_import{
    .code = "FLK109",
    .name = "extension-bound-at-import",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_in("flask_"); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// `SQLAlchemy`, `CORS`: classes are named so (PEP 8).
bool is_class_name(std::string_view name) {
  const std::string_view last = semantics::last_part(name);
  return !last.empty() && last.front() >= 'A' && last.front() <= 'Z';
}

void check(Node call, Context& context) {
  if (context.scope_of(call) != Scope::module) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return;
  if (project_class(callee->name, context) != nullptr) return;
  if (!callee->name.starts_with("flask_") || !is_class_name(callee->name)) return;
  const Node app = argument(call, "app", 0);
  if (!app.is(Kind::identifier) || !context.is_instance(app, "flask.Flask")) return;
  context.report(extension_bound_at_import, call,
                 fmt::format("`{}` is bound to `{}` at import: no test can have an application of its own with it",
                             call.child(Field::function).text(), app.text()));
}

// A small script has one application, and it is that.
bool confirm(const Report&, Context& context) {
  constexpr std::ptrdiff_t kSmall = 200;
  if (!is_mentioned("__name__", context)) return true;
  const std::string_view text = context.file().text.bytes();
  return text.find("__main__") == std::string_view::npos || std::count(text.begin(), text.end(), '\n') >= kSmall;
}

// `db = SQLAlchemy(app)` -> `db = SQLAlchemy()` and `db.init_app(app)` behind it.
Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node arguments = call.child(Field::arguments);
  const Node assignment = call.parent();
  const Node statement = assignment.parent();
  const bool named = assignment.is(Kind::assignment) && assignment.child(Field::left).is(Kind::identifier) &&
                     statement.is(Kind::expression_statement);
  if (!named) return {{}, "it has no name"};
  if (arguments.child_count() != 1 || arguments.text().find('#') != std::string_view::npos) {
    return {{}, "it has other arguments"};
  }
  const Node app = argument(call, "app", 0);
  const std::string line = fmt::format("{}.init_app({})", assignment.child(Field::left).text(), app.text());
  return {{fixes::make_fix("Bind it with `init_app`", fixes::Applicability::unsafe,
                           {fixes::replace(context.file(), context.place(arguments), "()"),
                            fixes::add_statements(context.file(), context.place(statement), {line})})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

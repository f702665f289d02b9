#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule context_proxy_at_import;
const Rule context_proxy_at_import{
    .code = "FLK101",
    .name = "context-proxy-at-import",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::attribute, Kind::subscript, Kind::comparison_operator, Kind::for_statement, Kind::for_in_clause,
              Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_in("flask.") || callee.is_in("flask_jwt_extended."); },
    .confirm = confirm,
};

namespace {

bool is_flask_function(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function != nullptr || !needs_app_context(call, context)) return false;
  return callee->name.starts_with("flask.") || callee->name.starts_with("flask_jwt_extended.get_");
}

bool is_reported_on_line(Node node, Context& context) {
  const std::string_view unit = node.ast().text();
  return std::any_of(context.reports().begin(), context.reports().end(), [&](const Report& report) {
    if (report.rule != &context_proxy_at_import) return false;
    const std::uint32_t first = std::min(report.span.start, node.start());
    const std::uint32_t last = std::max(report.span.start, node.start());
    return unit.substr(first, last - first).find('\n') == std::string_view::npos;
  });
}

void check(Node node, Context& context) {
  if (!may_use_proxy(node, context) || context.enclosing_function(node)) return;
  const Node used = node.is(Kind::call) ? (is_flask_function(node, context) ? node.child(Field::function) : Node())
                                        : proxy_used(node, context);
  if (!used || minds_missing_context(node, context) || is_in_app_context(node, context)) return;
  if (node.is(Kind::attribute) && node.parent().parent().is(Kind::decorator)) return;  // `@current_app.route("/")`
  if (is_reported_on_line(used, context)) return;
  context.report(context_proxy_at_import, used,
                 fmt::format("`{}` is used when the module is imported: where no context is pushed yet, that raises "
                             "`RuntimeError`",
                             used.text()));
}

// Alembic's environment and scripts run inside of `flask db upgrade`, which has pushed a context.
bool is_of_migrations(std::string_view path) {
  return is_migration_path(path) || path == "env.py" || path.ends_with("/env.py");
}

bool pushes_context(Context& context) {
  return any_unit_with("push", context, [&](Node root, Context& inside) {
    return !inside.is_definition(inside.unit_number()) &&
           (mentions(root, "app_context") || mentions(root, "test_request_context"));
  });
}

// True when views are registered on `current_app`: then the module is imported where there is one.
bool registers_on_proxy(Context& context) {
  bool found = false;
  for (const std::string_view name : {"route", "before_request", "errorhandler", "get", "post"}) {
    found = found || any_unit_with(name, context, [&](Node root, Context& inside) {
              for (const Node decorator : root.children()) {
                const Node call = decorator.is(Kind::decorator) ? decorator.first_child() : Node();
                const Node function = call.is(Kind::call) ? call.child(Field::function) : call;
                if (function.is(Kind::attribute) && !flask_proxy(function.child(Field::object), inside).empty())
                  return true;
              }
              return false;
            });
  }
  return found;
}

bool confirm(const Report&, Context& context) {
  return !is_of_migrations(context.path()) && !pushes_context(context) && !registers_on_proxy(context);
}

}  // namespace
}  // namespace surefoot::rules

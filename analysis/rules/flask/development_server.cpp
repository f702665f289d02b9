#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule development_server;
const Rule development_server{
    .code = "FLK120",
    .name = "development-server",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"run"}); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kOpen = 1;  // 0: nothing guards it

// True for a host that everybody can reach.
bool is_open(Node host) {
  const auto name = host ? semantics::literal_string(host) : std::nullopt;
  return name == "0.0.0.0" || name == "::";
}

bool is_for_debugging(Node call) {
  const Node debug = without_parentheses(argument(call, "debug", 2));
  return debug.is(Kind::true_);
}

bool runs_when_imported(Node call, Context& context) {
  if (context.enclosing_function(call) || context.is_script() || is_under_main_guard(call)) return false;
  return runs_at_import(call, context);
}

void check(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "run") return;
  if (!is_flask_app(function.child(Field::object), context) || is_development_path(context.path())) return;
  if (depends_on_environment(call)) return;
  if (runs_when_imported(call, context)) {
    context
        .report(
            development_server, call,
            fmt::format("`{}` serves as soon as somebody imports the module, a production server too", function.text()))
        .span = function.span();
    return;
  }
  const Node host = without_parentheses(argument(call, "host", 0));
  if ((!is_open(host) && !host.is(Kind::identifier)) || is_for_debugging(call)) return;
  Report& report = context.report(
      development_server, call,
      fmt::format("`{}` serves the network with Werkzeug's development server, which is not made for that",
                  function.text()));
  report.variant = kOpen;
}

// A name counts when all that it is given is an open host.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kOpen) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  const std::vector<Source> sources = sources_of(argument(call, "host", 0), context);
  return !sources.empty() &&
         std::all_of(sources.begin(), sources.end(), [](const Source& source) { return is_open(source.node); });
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kOpen) return {};
  const Node call = context.unit().unit->ast.node(report.node);
  const Node statement = call.parent();
  if (!statement.is(Kind::expression_statement) || statement.parent()) return {{}, "it is part of another statement"};
  return {{fixes::make_fix(
              "Run it as the main program only", fixes::Applicability::safe,
              {fixes::insert_before(context.file(), context.place(statement), "if __name__ == \"__main__\":\n    ")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/literal_sources.hpp"

namespace surefoot::rules {
namespace {

bool is_true(Node value) { return value.is(Kind::true_) || (value.is(Kind::integer) && value.text() == "1"); }

// `app.run(debug=…)`: the argument, or null.
Node debug_of_run(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "run") return {};
  const Node object = function.child(Field::object);
  if (is_flask_app(object, context)) return argument(call, "debug", 2);
  // Flask-SocketIO: socketio.run(app, debug=True).
  const Node app = argument(call, "app", 0);
  const bool socketio = object.text().ends_with("socketio") || object.text().ends_with("socket_io");
  return socketio && app && is_flask_app(app, context) ? argument(call, "debug") : Node();
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule debug_enabled;
const Rule debug_enabled{
    .code = "FLK113",
    .name = "debug-enabled",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::assignment},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"run"}) || may_set_flask(callee); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Reports are anchored at the value, so that the fix knows what to replace.
void report_value(Node value, Node whole, Context& context) {
  value = without_parentheses(value);
  if ((!is_true(value) && !value.is(Kind::identifier)) || depends_on_environment(value)) return;
  const bool one_line = whole.text().find('\n') == std::string_view::npos;
  Report& report =
      context.report(debug_enabled, value,
                     fmt::format("`{}` turns on Werkzeug's debugger, which runs code for whoever reaches the server",
                                 one_line ? whole.text() : "debug"));
  report.span = whole.span();
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) {
    if (const Node debug = debug_of_run(node, context)) {
      const Node keyword = debug.parent();
      report_value(debug, keyword.is(Kind::keyword_argument) ? keyword : debug, context);
    }
  }
  for (const FlaskSetting& setting : flask_settings(node, context)) {
    if (setting.name == "DEBUG") report_value(setting.value, setting.whole, context);
  }
}

// A name counts when all that it is given is `True`.
bool confirm(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  if (is_in_testing_class(value, context)) return false;
  const std::vector<Source> sources = sources_of(value, context);
  return !sources.empty() &&
         std::all_of(sources.begin(), sources.end(), [](const Source& source) { return is_true(source.node); });
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place value = context.place(context.unit().unit->ast.node(report.node));
  const fixes::Import os = fixes::import_module(context.file(), value, "os");
  if (!os.problem.empty()) return {{}, os.problem};
  std::vector<text::TextEdit> edits{
      fixes::replace(context.file(), value, fmt::format("{}.environ.get(\"FLASK_DEBUG\") == \"1\"", os.name))};
  if (os.edit) edits.push_back(*os.edit);
  return {{fixes::make_fix("Read `FLASK_DEBUG` from the environment", fixes::Applicability::unsafe, std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

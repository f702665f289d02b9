#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/django_settings.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/secret_values.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kDebug, kHosts, kSecret, kFallback };

void check(Node assignment, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule debug_or_secret_in_settings;
const Rule debug_or_secret_in_settings{
    .code = "DJG116",
    .name = "debug-or-secret-in-settings",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::assignment},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool lets_any_host(Node value) {
  if (!value.is(Kind::list) && !value.is(Kind::tuple) && !value.is(Kind::set)) return false;
  const auto hosts = value.children();
  return std::any_of(hosts.begin(), hosts.end(), [](Node host) { return semantics::literal_string(host) == "*"; });
}

Report& say(Node value, Variant variant, std::string message, Context& context) {
  Report& report = context.report(debug_or_secret_in_settings, value, std::move(message));
  report.variant = variant;
  return report;
}

void check_secret(Node value, Context& context) {
  const bool only_missing = is_under_condition_on(value, "secret") || in_handler(value);
  if (!only_missing && depends_on_environment(value)) return;
  if (falls_back(value) || ((only_missing || may_be_replaced(context)) && is_text_literal(value))) {
    say(value, kFallback, "`SECRET_KEY` falls back to a value that everybody who reads the source knows", context)
        .severity = Severity::warning;
  } else if (is_text_literal(value) || value.is(Kind::identifier)) {
    say(value, kSecret, "`SECRET_KEY` is written in the source: whoever reads it can sign sessions and password resets",
        context);
  }
}

void check(Node assignment, Context& context) {
  const std::string_view name = assignment.child(Field::left).text();
  if (name != "DEBUG" && name != "SECRET_KEY" && name != "ALLOWED_HOSTS") return;
  Node value = assignment.child(Field::right);
  while (value.is(Kind::assignment)) value = value.child(Field::right);
  value = without_parentheses(value);
  if (!value || !is_production_setting(assignment, context)) return;
  if (name == "SECRET_KEY") return check_secret(value, context);
  if (depends_on_environment(value) || in_handler(value) || may_be_replaced(context)) return;
  if (name == "DEBUG" && (value.is(Kind::true_) || value.text() == "1")) {
    say(value, kDebug, "`DEBUG = True` shows code, settings and queries to whoever causes an error", context);
  } else if (name == "ALLOWED_HOSTS" && lets_any_host(value)) {
    say(value, kHosts, "`ALLOWED_HOSTS` takes any host: whoever sends the request says where its links lead", context);
  }
}

// A name counts when all that it is given are literals.
bool confirm(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  if (report.variant != kSecret || !value.is(Kind::identifier)) return true;
  const std::vector<Source> sources = sources_of(value, context);
  return !sources.empty() &&
         std::all_of(sources.begin(), sources.end(), [](const Source& source) { return is_text_literal(source.node); });
}

Fixes read_environment(Node node, std::string_view title, std::string_view format_tail, Context& context) {
  const fixes::Place value = context.place(node);
  const fixes::Import os = fixes::import_module(context.file(), value, "os");
  if (!os.problem.empty()) return {{}, os.problem};
  std::vector<text::TextEdit> edits{
      fixes::replace(context.file(), value, fmt::format("{}.environ.get({}", os.name, format_tail))};
  if (os.edit) edits.push_back(*os.edit);
  return {{fixes::make_fix(std::string(title), fixes::Applicability::unsafe, std::move(edits))}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  switch (report.variant) {
    case kDebug:
      return read_environment(value, "Read `DJANGO_DEBUG` from the environment", "\"DJANGO_DEBUG\") == \"1\"", context);
    case kHosts:
      return read_environment(value, "Read `ALLOWED_HOSTS` from the environment",
                              "\"ALLOWED_HOSTS\", \"\").split(\",\")", context);
    default:
      return read_secret(value, "SECRET_KEY", report.variant == kFallback, context);
  }
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/secret_values.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

enum Variant { kLiteral, kFallback, kName };

bool is_secret(std::string_view name) {
  return name == "SECRET_KEY" || name == "JWT_SECRET_KEY" || name == "WTF_CSRF_SECRET_KEY";
}

void check(Node node, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule hardcoded_secret_key;
const Rule hardcoded_secret_key{
    .code = "FLK114",
    .name = "hardcoded-secret-key",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::assignment},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_written({"get", "getenv"}) || may_set_flask(callee); }

void report_value(Node value, std::string_view name, Variant variant, Context& context) {
  const bool only_missing = is_under_condition_on(value, "secret") || in_handler(value);
  if (!only_missing && depends_on_environment(value)) return;
  const bool fallback = variant == kFallback || only_missing;
  Report& report = context.report(
      hardcoded_secret_key, value,
      fallback ? fmt::format("`{}` falls back to a value that everybody who reads the source knows", name)
               : fmt::format("`{}` is written in the source: whoever reads it can sign sessions and tokens", name));
  report.variant = variant;
  if (fallback) report.severity = Severity::warning;
}

void check_setting(const FlaskSetting& setting, Node node, Context& context) {
  const Node value = without_parentheses(setting.value);
  if (is_text_literal(value)) {
    const bool is_default = node.is(Kind::call) && last_part(node.child(Field::function).text()) == "setdefault";
    report_value(value, setting.name, is_default ? kFallback : kLiteral, context);
  } else if (falls_back(value)) {
    report_value(value, setting.name, kFallback, context);
  } else if (value.is(Kind::identifier)) {
    report_value(value, setting.name, kName, context);
  }
}

// True when the value is that of a setting, which is reported with its name.
bool belongs_to_setting(Node value, Context& context) {
  for (Node at = value.parent(); at && !syntax::is_statement(at.kind()); at = at.parent()) {
    for (const FlaskSetting& setting : flask_settings(at, context)) {
      if (is_secret(setting.name) && setting.value.covers(value)) return true;
    }
  }
  return false;
}

// A key that is read for some other use than a setting, in a file of a Flask application.
void check_lookup(Node call, Context& context) {
  if (!reads_environment(call) || !literal_default(call) || !imports_flask(context)) return;
  const Node key = argument(call, "key", 0);
  const auto name = key ? semantics::literal_string(key) : std::nullopt;
  if (!name || !(is_secret(*name) || *name == "FLASK_SECRET_KEY" || *name == "APP_SECRET_KEY")) return;
  if (!belongs_to_setting(call, context)) report_value(call, *name, kFallback, context);
}

void check(Node node, Context& context) {
  for (const FlaskSetting& setting : flask_settings(node, context)) {
    if (is_secret(setting.name)) check_setting(setting, node, context);
  }
  if (node.is(Kind::call)) check_lookup(node, context);
}

// A name counts when all that it is given are literals.
bool confirm(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  if (is_in_testing_class(value, context)) return false;
  if (report.variant != kName) return true;
  const std::vector<Source> sources = sources_of(value, context);
  return !sources.empty() &&
         std::all_of(sources.begin(), sources.end(), [](const Source& source) { return is_text_literal(source.node); });
}

// The name of the setting that a value is given to.
std::string setting_of(Node value, Context& context) {
  for (Node at = value.parent(); at; at = at.parent()) {
    for (const FlaskSetting& setting : flask_settings(at, context)) {
      if (is_secret(setting.name) && setting.value.covers(value)) return setting.name;
    }
    if (syntax::is_statement(at.kind())) break;
  }
  return "SECRET_KEY";
}

Fixes fix(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  return read_secret(value, setting_of(value, context), report.variant == kFallback, context);
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

enum Variant { kLiteral, kFallback, kName };

bool is_secret(std::string_view name) {
  return name == "SECRET_KEY" || name == "JWT_SECRET_KEY" || name == "WTF_CSRF_SECRET_KEY";
}

// A string or bytes literal with something in it; `"…".encode()` too.
bool is_text_literal(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::call)) {
    const Node function = value.child(Field::function);
    return function.is(Kind::attribute) && function.child(Field::attribute).text() == "encode" &&
           is_text_literal(function.child(Field::object));
  }
  if (!value.is(Kind::string) && !value.is(Kind::concatenated_string)) return false;
  bool filled = false;
  for (std::uint32_t i = value.index(); i < value.after(); ++i) {
    const Node part = value.ast().node(i);
    if (part.is(Kind::interpolation)) return false;
    filled = filled || (part.is(Kind::string_content) && part.text().find_first_not_of(' ') != std::string_view::npos);
  }
  return filled;
}

bool reads_environment(Node call) {
  const std::string_view name = call.child(Field::function).text();
  return call.is(Kind::call) &&
         (last_part(name) == "getenv" || name == "environ.get" || name.ends_with(".environ.get"));
}

// The literal that a look-up falls back to: `os.environ.get("X", "dev")`, `config("X", default="dev")`; null when there
// is none.
Node literal_default(Node call) {
  if (!call.is(Kind::call)) return {};
  Node value = argument(call, "default");
  if (!value && (reads_environment(call) || last_part(call.child(Field::function).text()) == "get")) {
    value = argument(call, "default", 1);
  }
  return value && is_text_literal(value) ? value : Node();
}

bool falls_back(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::boolean_operator)) {
    return value.child(Field::operator_).text() == "or" && is_text_literal(value.child(Field::right)) &&
           !is_text_literal(value.child(Field::left));
  }
  const Node inner = value.child(Field::function).child(Field::object);  // os.environ.get("X", "dev").encode()
  return literal_default(value) || (value.is(Kind::call) && inner.is(Kind::call) && literal_default(inner));
}

bool in_handler(Node node) {
  for (; node; node = node.parent()) {
    if (node.is(Kind::except_clause)) return true;
    if (node.is(Kind::function_definition)) return false;
  }
  return false;
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

// The call in a value that looks the secret up, without its default: null when it is none.
Node lookup_of(Node value) {
  if (value.is(Kind::boolean_operator)) value = without_parentheses(value.child(Field::left));
  const Node inner = value.child(Field::function).child(Field::object);
  if (value.is(Kind::call) && inner.is(Kind::call)) value = inner;
  return value.is(Kind::call) ? value : Node();
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place value = context.place(context.unit().unit->ast.node(report.node));
  std::string name = setting_of(value.node, context);
  const Node lookup = report.variant == kFallback ? lookup_of(value.node) : Node();
  if (lookup) {
    const Node key = argument(lookup, "key", 0);
    const auto written = key ? semantics::literal_string(key) : std::nullopt;
    if (reads_environment(lookup)) {
      if (!written) return {{}, "the variable's name is computed"};
      name = *written;
    } else if (!is_text_literal(value.node)) {
      if (!written || lookup != value.node || lookup.child(Field::arguments).child_count() != 2) return {};
      const std::string text = fmt::format("{}({})", lookup.child(Field::function).text(), key.text());
      return {{fixes::make_fix("Remove the default", fixes::Applicability::unsafe,
                               {fixes::replace(context.file(), value, text)})},
              ""};
    }
  }
  const fixes::Import os = fixes::import_module(context.file(), value, "os");
  if (!os.problem.empty()) return {{}, os.problem};
  const std::string text = fmt::format("{}.environ[\"{}\"]", os.name, name);
  std::vector<text::TextEdit> edits{fixes::replace(context.file(), value, text)};
  if (os.edit) edits.push_back(*os.edit);
  return {{fixes::make_fix(fmt::format("Read `{}` from the environment", name), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

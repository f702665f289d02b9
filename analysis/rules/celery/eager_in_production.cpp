#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule eager_in_production;
const Rule eager_in_production{
    .code = "CEL113",
    .name = "eager-in-production",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::assignment, Kind::keyword_argument, Kind::pair},
    .check = check,
    .confirm = confirm,
};

namespace {

// `task_always_eager`, `CELERY_TASK_ALWAYS_EAGER`, and `CELERY_ALWAYS_EAGER` of Celery 3 (Celery, "Configuration and
// defaults: New lowercase settings").
bool is_eager_setting(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.ends_with("task_always_eager") || lower == "celery_always_eager";
}

// The name that an assignment, keyword argument or pair of a dictionary gives a value to; empty where it is none of a
// setting.
std::string name_set_by(Node node, Context& context) {
  if (node.is(Kind::pair)) return semantics::literal_string(node.child(Field::key)).value_or("");
  if (node.is(Kind::keyword_argument)) return std::string(node.child(Field::name).text());
  if (node.child(Field::type)) return "";  // a field of settings that the environment may set
  const Node left = node.child(Field::left);
  if (left.is(Kind::attribute)) return std::string(left.child(Field::attribute).text());
  if (left.is(Kind::subscript)) return semantics::literal_string(left.child(Field::subscript)).value_or("");
  const Scope scope = context.scope_of(node);
  const bool setting = left.is(Kind::identifier) && (scope == Scope::module || scope == Scope::class_body);
  return setting ? std::string(left.text()) : "";
}

Node value_of(Node node) {
  return without_parentheses(node.child(node.is(Kind::assignment) ? Field::right : Field::value));
}

bool is_for_tests(std::string_view name) {
  return has_word(name, {"test", "tests", "testing", "unittest", "pytest", "conftest", "dev", "devel", "develop",
                         "development", "local", "debug", "ci", "eager", "demo", "sandbox", "e2e"});
}

// Calls that take settings for good; `override_settings` and its like do so for a test.
bool takes_settings(Node keyword) {
  const Node call = keyword.parent().parent();
  if (!call.is(Kind::call)) return false;
  const std::string_view name = last_name(call.child(Field::function));
  return name == "update" || name == "dict" || name == "from_mapping" || name.ends_with("Celery");
}

// A function or class around the node, or what its value is bound to, that speaks of tests.
bool is_made_for_tests(Node node, Context& context) {
  for (Node outer = node; outer; outer = outer.parent()) {
    const bool named = outer.is(Kind::function_definition) || outer.is(Kind::class_definition);
    if (named && is_for_tests(outer.child(Field::name).text())) return true;
    if (outer.is(Kind::assignment) && outer != node && is_for_tests(outer.child(Field::left).text())) return true;
    if (outer.is(Kind::decorated_definition) && outer.text().find("fixture") != std::string_view::npos) return true;
    if (outer.is(Kind::with_statement)) return true;
    if (outer.is(Kind::call) && has_word(last_name(outer.child(Field::function)), {"override", "patch", "settings"})) {
      return true;
    }
  }
  return is_for_tests(context.enclosing_class(node));
}

// True under an `if`, whatever it asks: somebody has thought about when.
bool is_conditional(Node node) {
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    if (is_definition(outer)) return false;
    if (outer.is(Kind::if_statement) || outer.is(Kind::conditional_expression)) return true;
  }
  return false;
}

// True where the module gives the name another value as well.
bool is_set_elsewhere(Node node, Context& context) {
  const Node left = node.is(Kind::assignment) ? node.child(Field::left) : Node();
  if (!left.is(Kind::identifier) || context.scope_of(node) != Scope::module) return false;
  const auto* values = context.module().find(left.text());
  return values != nullptr && values->size() > 1;
}

void check(Node node, Context& context) {
  if (!value_of(node).is(Kind::true_) || !is_eager_setting(name_set_by(node, context))) return;
  if (node.is(Kind::keyword_argument) && !takes_settings(node)) return;
  const std::string_view path = context.path();
  if (is_for_tests(path) || is_made_for_tests(node, context) || is_conditional(node)) return;
  if (is_set_elsewhere(node, context)) return;
  context.report(eager_in_production, node,
                 "Every task runs where it is enqueued: `delay` waits for it, and no worker gets anything");
}

// What only settings for tests, or for a developer's machine, say: a database and a broker in memory, quick passwords.
bool has_test_settings(Node statement) {
  const std::string_view text = statement.text();
  for (const std::string_view sign : {":memory:", "memory://", "MD5PasswordHasher", "locmem.EmailBackend"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  const Node assignment = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  return assignment.is(Kind::assignment) && assignment.child(Field::left).text() == "DEBUG" &&
         assignment.child(Field::right).is(Kind::true_);
}

// True where other code of the file switches it off again: a class for production.
bool is_switched_off(std::string_view name, Context& context) {
  return any_unit_with(name, context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::assignment) || !value_of(node) || value_of(node).is(Kind::true_)) continue;
      const Node left = node.child(Field::left);
      if (left.is(Kind::attribute) ? left.child(Field::attribute).text() == name : left.text() == name) return true;
    }
    return false;
  });
}

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (is_in_testing_class(node, context)) return false;
  if (node.is(Kind::assignment) && is_switched_off(name_set_by(node, context), context)) return false;
  return !any_statement(
      context, [](Node root, Context&) { return has_test_settings(root) || has_test_settings(root.first_child()); });
}

}  // namespace
}  // namespace surefoot::rules

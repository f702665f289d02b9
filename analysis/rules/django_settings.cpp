#include "analysis/rules/django_settings.hpp"

#include <algorithm>
#include <string>

#include "analysis/rules/words.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

using semantics::Binding;
using semantics::BindingKind;

bool is_for_trying_out(std::string_view name) {
  return is_development_path(name) ||
         has_word(name, {"ci",       "demos",     "sandbox", "playground",   "tutorial", "tutorials",   "quickstart",
                         "template", "templates", "docs",    "doc",          "fixtures", "testproject", "unittest",
                         "mock",     "localhost", "testapp", "testsettings", "bench",    "benchmark",   "benchmarks"});
}

// settings.py, settings/base.py, production_settings.py
bool is_settings_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  const auto speaks = [](std::string_view text) { return has_word(text, {"settings", "setting"}); };
  return speaks(path.substr(slash + 1)) || speaks(folder.substr(folder.rfind('/') + 1));
}

bool has_django_setting(Context& context) {
  for (const auto& unit : context.units()) {
    for (const Binding& binding : unit->bindings) {
      if (binding.kind == BindingKind::assignment && is_django_setting(binding.name)) return true;
    }
  }
  return false;
}

bool takes_over_settings(Context& context) {
  const auto& modules = context.module().star_imports();
  return std::any_of(modules.begin(), modules.end(), [](std::string_view module) {
    return has_word(module, {"settings", "base", "common", "defaults", "default", "core", "production", "prod"});
  });
}

bool is_settings_class(Node node, Context& context) {
  const std::string_view path = context.enclosing_class(node);
  if (path.empty() || is_for_trying_out(path) || is_for_trying_out(context.path())) return false;
  const std::string name = context.module().name() + "." + std::string(path);
  return context.resolver().is_subclass(name, "configurations.Configuration");
}

bool is_last(Node assignment, const std::vector<semantics::TermRef>* values, Context& context) {
  if (values == nullptr || values->empty() || values->back().unit != &context.unit()) return false;
  Node site = context.unit().unit->ast.node(values->back().node);
  while (site && !site.is(Kind::assignment) && !syntax::is_statement(site.kind())) site = site.parent();
  return site == assignment;
}

}  // namespace

bool is_django_setting(std::string_view name) {
  static const text::Words names(
      "INSTALLED_APPS MIDDLEWARE MIDDLEWARE_CLASSES ROOT_URLCONF WSGI_APPLICATION ASGI_APPLICATION ALLOWED_HOSTS "
      "TEMPLATES AUTH_USER_MODEL DATABASES AUTH_PASSWORD_VALIDATORS CSRF_TRUSTED_ORIGINS DEFAULT_AUTO_FIELD "
      "REST_FRAMEWORK SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS STATICFILES_DIRS STATICFILES_STORAGE USE_L10N");
  return names.contain(name);
}

bool is_production_settings(Context& context) {
  if (is_for_trying_out(context.path())) return false;
  return has_django_setting(context) || (is_settings_path(context.path()) && takes_over_settings(context));
}

bool is_production_setting(Node assignment, Context& context) {
  const Node left = assignment.child(Field::left);
  if (!left.is(Kind::identifier)) return false;
  const Scope scope = context.scope_of(assignment);
  if (scope == Scope::module) {
    return is_production_settings(context) && is_last(assignment, context.module().find(left.text()), context);
  }
  if (scope != Scope::class_body || !is_settings_class(assignment, context)) return false;
  const semantics::ClassEntry* entry = context.module().find_class(context.enclosing_class(assignment));
  const auto found = entry == nullptr ? decltype(entry->attributes.end()){} : entry->attributes.find(left.text());
  return entry != nullptr && found != entry->attributes.end() && is_last(assignment, &found->second, context);
}

bool may_be_replaced(Context& context) {
  const auto& units = context.units();
  for (std::size_t i = context.unit_number() + 1; i < units.size(); ++i) {
    const auto& bindings = units[i]->bindings;
    if (std::any_of(bindings.begin(), bindings.end(),
                    [](const Binding& one) { return one.kind == BindingKind::star_import; })) {
      return true;
    }
  }
  return false;
}

}  // namespace surefoot::rules

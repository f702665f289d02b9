#include "analysis/rules/flask_settings.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_settings.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

using semantics::Binding;
using semantics::BindingKind;
using semantics::ClassEntry;

std::string_view file_stem(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);
  return path.substr(0, path.rfind('.'));
}

// Settings that no other framework has.
bool is_flask_only(std::string_view name) {
  static const text::Words names(
      "TESTING PROPAGATE_EXCEPTIONS TRAP_HTTP_EXCEPTIONS TRAP_BAD_REQUEST_ERRORS PERMANENT_SESSION_LIFETIME "
      "SEND_FILE_MAX_AGE_DEFAULT APPLICATION_ROOT PREFERRED_URL_SCHEME MAX_CONTENT_LENGTH "
      "TEMPLATES_AUTO_RELOAD EXPLAIN_TEMPLATE_LOADING PRESERVE_CONTEXT_ON_EXCEPTION JSON_SORT_KEYS "
      "JSON_AS_ASCII JSONIFY_PRETTYPRINT_REGULAR USE_X_SENDFILE UPLOAD_FOLDER CSRF_ENABLED LOGIN_DISABLED "
      "CACHE_TYPE MONGODB_SETTINGS MONGO_URI MAIL_SERVER MAIL_USE_TLS SESSION_TYPE JWT_TOKEN_LOCATION "
      "JWT_ACCESS_TOKEN_EXPIRES JWT_COOKIE_SECURE SECURITY_PASSWORD_SALT SQLALCHEMY_BINDS");
  static constexpr std::array<std::string_view, 8> kPrefixes = {"SQLALCHEMY_DATABASE_URI",
                                                                "SQLALCHEMY_TRACK_",
                                                                "SQLALCHEMY_ENGINE_",
                                                                "SQLALCHEMY_ECHO",
                                                                "WTF_",
                                                                "FLASK",
                                                                "DEBUG_TB_",
                                                                "REMEMBER_COOKIE_"};
  return names.contain(name) || std::any_of(kPrefixes.begin(), kPrefixes.end(),
                                            [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool uses_other_framework(Context& context) {
  static const semantics::ModuleNames kModules = {
      "quart",     "sanic",     "dash",    "bottle",  "aiohttp",        "tornado",  "fastapi",
      "starlette", "litestar",  "falcon",  "django",  "configurations", "pydantic", "pydantic_settings",
      "nicegui",   "robyn",     "hug",     "kivy",    "streamlit",      "bokeh",    "panel",
      "gradio",    "connexion", "pyramid", "chalice", "blacksheep",     "shiny",    "reflex"};
  return context.module().imports_any(kModules);
}

bool module_has(Context& context, bool (*wanted)(std::string_view)) {
  for (const auto& unit : context.units()) {
    for (const Binding& binding : unit->bindings) {
      if (binding.kind == BindingKind::assignment && wanted(binding.name)) return true;
    }
  }
  return false;
}

// True for config.py, settings.py, production_config.py, config/production.py …
bool is_settings_path(std::string_view path) {
  const std::string_view stem = file_stem(path);
  const auto speaks = [](std::string_view text) {
    return has_word(text, {"config", "configs", "settings", "configuration"});
  };
  if (speaks(stem)) return true;
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view folder = path.substr(0, slash);
  return speaks(folder.substr(folder.rfind('/') + 1));
}

bool is_for_development(std::string_view name) {
  return has_word(name, {"dev", "devel", "develop", "development", "local", "localhost", "test", "tests", "testing",
                         "unittest", "debug", "debugging"});
}

bool has_flask_evidence(Context& context) {
  const auto& frameworks = context.facts().frameworks;
  return imports_flask(context) || std::find(frameworks.begin(), frameworks.end(), "flask") != frameworks.end() ||
         module_has(context, is_flask_only);
}

// Bases of this file count with their own; one from elsewhere may be a settings class of another library.
bool has_foreign_base(const ClassEntry& entry, Context& context, int depth = 0) {
  for (const semantics::TermId base : entry.definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry.unit, base));
    if (type == nullptr) return true;
    if (type->name == "object") continue;
    const std::string& module = context.module().name();
    const ClassEntry* own = type->name.starts_with(module) && type->name.size() > module.size()
                                ? context.module().find_class(type->name.substr(module.size() + 1))
                                : nullptr;
    if (own == nullptr || depth > 8) return !has_word(type->name.substr(type->name.rfind('.') + 1), {"config"});
    if (has_foreign_base(*own, context, depth + 1)) return true;
  }
  return false;
}

bool is_config_class(std::string_view path, Context& context) {
  const ClassEntry* entry = context.module().find_class(path);
  if (entry == nullptr || path.find('.') != std::string_view::npos || is_for_development(path)) return false;
  bool own_settings = false;
  for (const auto& [name, values] : entry->attributes) {
    if (is_django_setting(name)) return false;
    own_settings = own_settings || is_flask_only(name) || name.ends_with("SECRET_KEY");
  }
  const bool named = has_word(path, {"config", "configuration", "settings"});
  const bool evidence = has_flask_evidence(context);
  const bool module = is_settings_path(context.path());
  if (has_foreign_base(*entry, context)) return named && imports_flask(context) && !uses_other_framework(context);
  if (evidence) return named || module || own_settings;
  const bool secret = module_has(context, [](std::string_view name) { return name.ends_with("SECRET_KEY"); });
  return named && module && secret && !uses_other_framework(context);
}

bool is_settings_module(std::string_view name, Context& context) {
  if (is_for_development(file_stem(context.path())) || module_has(context, is_django_setting)) return false;
  if (context.module().imports("django") || !has_flask_evidence(context)) return false;
  const bool module = is_settings_path(context.path());
  // A constant of this name in an application's module need not be the setting, but a secret is one all the same.
  return module || (name != "DEBUG" && imports_flask(context));
}

bool in_development_function(Node node) {
  for (; node; node = node.parent()) {
    if (node.is(Kind::function_definition) && is_for_development(node.child(Field::name).text())) return true;
  }
  return false;
}

// `app.config`, also of an application whose type is not known.
bool is_flask_config(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (context.is_instance(expression, "flask.Config")) return true;
  return expression.is(Kind::attribute) && expression.child(Field::attribute).text() == "config" &&
         is_flask_app(expression.child(Field::object), context);
}

using Settings = std::vector<FlaskSetting>;

void add_keywords(Node arguments, Settings& settings) {
  for (const Node child : arguments.children()) {
    if (!child.is(Kind::keyword_argument)) continue;
    settings.push_back({std::string(child.child(Field::name).text()), child.child(Field::value), child});
  }
}

void add_pairs(Node dictionary, Settings& settings) {
  for (const Node child : dictionary.children()) {
    if (!child.is(Kind::pair)) continue;
    if (auto name = semantics::literal_string(child.child(Field::key))) {
      settings.push_back({std::move(*name), child.child(Field::value), child});
    }
  }
}

bool sets(std::string_view method) { return method == "update" || method == "from_mapping" || method == "setdefault"; }

Settings settings_of_call(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute)) return {};
  const std::string_view method = function.child(Field::attribute).text();
  if (!sets(method)) return {};
  if (!is_flask_config(function.child(Field::object), context)) return {};
  Settings settings;
  const Node first = without_parentheses(argument(call, "mapping", 0));
  if (method == "setdefault") {
    auto name = first ? semantics::literal_string(first) : std::nullopt;
    const Node value = argument(call, "default", 1);
    if (name && value) settings.push_back({std::move(*name), value, call});
    return settings;
  }
  add_keywords(call.child(Field::arguments), settings);
  if (first.is(Kind::dictionary)) add_pairs(first, settings);
  if (first.is(Kind::call) && context.calls(first, "dict")) add_keywords(first.child(Field::arguments), settings);
  return settings;
}

Settings settings_of_assignment(Node assignment, Context& context) {
  Node value = assignment.child(Field::right);
  if (!value || (value.is(Kind::assignment) && !settings_of_assignment(value, context).empty())) return {};
  while (value.is(Kind::assignment)) value = value.child(Field::right);
  const Node left = assignment.child(Field::left);
  if (left.is(Kind::attribute)) {
    const std::string_view name = left.child(Field::attribute).text();
    if (name != "debug" && name != "secret_key") return {};
    if (!is_flask_app(left.child(Field::object), context)) return {};
    return {{name == "debug" ? "DEBUG" : "SECRET_KEY", value, assignment}};
  }
  if (left.is(Kind::subscript)) {
    auto name = semantics::literal_string(left.child(Field::subscript));
    if (!name || !is_flask_config(left.child(Field::value), context)) return {};
    return {{std::move(*name), value, assignment}};
  }
  if (!left.is(Kind::identifier)) return {};
  const std::string_view name = left.text();
  if (name != "DEBUG" && !name.ends_with("SECRET_KEY")) return {};
  const Scope scope = context.scope_of(assignment);
  const bool wanted = scope == Scope::class_body ? is_config_class(context.enclosing_class(assignment), context)
                                                 : scope == Scope::module && is_settings_module(name, context);
  if (!wanted) return {};
  return {{std::string(name), value, assignment}};
}

bool is_true(Node value) { return value.is(Kind::true_); }

template <typename Found>
bool any_condition(Node node, const Found& found) {
  for (Node child = node, at = node.parent(); at; child = at, at = at.parent()) {
    if (at.is(Kind::function_definition) || at.is(Kind::lambda)) return false;
    Node condition = at.child(Field::condition);
    if (at.is(Kind::conditional_expression)) condition = at.first_child().next_sibling();
    if (condition && condition != child && found(condition.text())) return true;
    for (const Node clause : at.children()) {  // what stands in a later branch depends on the tests before it
      if (!at.is(Kind::if_statement) || clause.start() >= child.start()) break;
      if (clause.is(Kind::elif_clause) && found(clause.child(Field::condition).text())) return true;
    }
  }
  return false;
}

}  // namespace

bool imports_flask(Context& context) {
  if (context.module().imports("flask")) return true;
  for (const auto& unit : context.units()) {
    for (const Binding& binding : unit->bindings) {
      if (binding.kind == BindingKind::import && unit->terms[binding.term].name.starts_with("flask_")) return true;
    }
  }
  return false;
}

bool is_flask_app(Node expression, Context& context) {
  expression = without_parentheses(expression);
  const TypeSet& types = context.type_of(expression);
  const Type* type = semantics::only(types);
  if (type != nullptr && type->is_object("flask.current_app")) return true;
  if (type != nullptr && type->tag == Type::Tag::instance) return context.is_instance(expression, "flask.Flask");
  const bool foreign = type != nullptr && type->tag == Type::Tag::object && type->function == nullptr &&
                       !knowledge::knows_module(type->name.substr(0, type->name.find('.')));
  if (!types.empty() && !foreign) return false;
  if (uses_other_framework(context)) return false;
  if (expression.is(Kind::call)) expression = expression.child(Field::function);
  if (!expression.is(Kind::identifier) && !expression.is(Kind::attribute)) return false;
  return has_word(last_part(expression.text()), {"app", "application", "flask", "webapp"});
}

bool may_set_flask(const Callee& callee) { return sets(callee.written); }

std::vector<FlaskSetting> flask_settings(Node node, Context& context) {
  Settings settings;
  if (node.is(Kind::call)) settings = settings_of_call(node, context);
  if (node.is(Kind::assignment)) settings = settings_of_assignment(node, context);
  const bool testing = std::any_of(settings.begin(), settings.end(),
                                   [](const FlaskSetting& one) { return one.name == "TESTING" && is_true(one.value); });
  if (testing || (!settings.empty() && in_development_function(node))) return {};
  return settings;
}

bool depends_on_environment(Node node) {
  return any_condition(node, [](std::string_view text) {
    return has_word(text,
                    {"env",  "environ", "environment", "getenv",   "debug",   "dev",    "development", "local",
                     "test", "testing", "argv",        "args",     "options", "opts",   "prod",        "production",
                     "mode", "stage",   "config",      "settings", "flags",   "is_dev", "debugging",   "develop"});
  });
}

bool is_under_condition_on(Node node, std::string_view word) {
  return any_condition(node, [&](std::string_view text) { return has_word(text, {word}); });
}

bool is_in_testing_class(Node node, Context& context) {
  if (context.scope_of(node) != Scope::class_body) return false;
  const ClassEntry* entry = context.module().find_class(context.enclosing_class(node));
  if (entry == nullptr) return false;
  const auto found = entry->attributes.find("TESTING");
  if (found == entry->attributes.end()) return false;
  for (const semantics::TermRef& ref : found->second) {
    const Node binding = ref.unit->unit->ast.node(ref.node);
    if (binding.is(Kind::assignment) && is_true(binding.child(Field::right))) return true;
  }
  return false;
}

}  // namespace surefoot::rules

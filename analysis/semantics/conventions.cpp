// What a name says by itself where nothing else is known: the managers of Django's models, which other files define.

#include "analysis/semantics/conventions.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::semantics {

namespace {

bool is_class_like(std::string_view name) {
  return !name.empty() && std::isupper(static_cast<unsigned char>(name.front())) != 0 &&
         std::any_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) != 0; });
}

bool is_in_models(std::string_view path) {
  return path.starts_with("models.") || path.find(".models.") != std::string_view::npos;
}

// `Post`, `self.model`, `cls`, `get_model("shop", "Post")`: what stands for a model.
bool names_model(std::string_view receiver) {
  receiver = last_part(receiver.substr(0, receiver.find('(')));
  static constexpr std::array<std::string_view, 4> kParts = {"model", "Model", "cls", "__class__"};
  return is_class_like(receiver) || std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
           return receiver.find(part) != std::string_view::npos;
         });
}

// Libraries whose classes have `objects` as well, or whose projects seldom use Django.
bool uses_another_mapper(const ModuleIndex& module) {
  static const ModuleNames kModules = {"mongoengine", "flask_mongoengine", "ormar", "orm",
                                       "edgy",        "saffier",           "boto3", "bpy"};
  return module.imports_any(kModules);
}

bool uses_another_framework(const ModuleIndex& module) {
  static const ModuleNames kModules = {"flask", "fastapi", "starlette", "sqlalchemy", "tortoise", "peewee"};
  return module.imports_any(kModules);
}

}  // namespace

bool is_manager_name(std::string_view attribute) {
  return attribute == "objects" || attribute == "_default_manager" || attribute == "_base_manager" ||
         (attribute.size() > 4 && attribute.ends_with("_set"));
}

namespace {

// What only managers have: an unknown attribute of a model with such a method is a related manager.
bool is_manager_method(std::string_view name) {
  static const text::Words methods(
      "aggregate all annotate distinct exclude exists filter get_or_create order_by prefetch_related select_related "
      "update_or_create values_list");
  return methods.contain(name);
}

}  // namespace

// How far names may be trusted to be Django's.
Resolver::Django Resolver::django() {
  if (django_ != Django::unknown) return django_;
  django_ = Django::no;
  if (uses_another_mapper(module_)) return django_;
  if (module_.imports("django") || module_.imports("rest_framework")) {
    django_ = Django::yes;
  } else if (!uses_another_framework(module_)) {
    django_ = Django::in_models;
  }
  return django_;
}

// `owner`: the qualified name of a class that has no such attribute as far as is known, or empty; `receiver`: how the
// owner is written.
TypeSet Resolver::conventional(std::string_view owner, std::string_view receiver, std::string_view name) {
  if (is_manager_method(name)) return method_of_related_manager(owner, name);
  if (!is_manager_name(name)) return {};
  if (knowledge::find_class(owner) != nullptr && !knowledge::is_subclass(owner, "django.db.models.Model")) return {};
  const bool trusted = django() == Django::yes || (django() == Django::in_models && is_in_models(owner));
  const bool manager = !name.ends_with("_set");
  if (!trusted || (manager && !names_model(owner.empty() ? receiver : owner))) return {};
  return parse_type(manager ? "django.db.models.Manager"
                            : "django.db.models.fields.related_descriptors.RelatedManager");
}

// `author.books.filter`: `owner` is the path of an attribute that nobody knows.
TypeSet Resolver::method_of_related_manager(std::string_view owner, std::string_view method) {
  const std::size_t dot = owner.rfind('.');
  if (dot == std::string_view::npos || is_class_like(owner.substr(dot + 1))) return {};
  const std::string_view model = owner.substr(0, dot);
  const bool known = knowledge::find_class(model) != nullptr
                         ? knowledge::is_subclass(model, "django.db.models.Model")
                         : is_class_like(last_part(model)) && is_in_models(model) && django() != Django::no;
  if (!known) return {};
  return known_attribute("django.db.models.fields.related_descriptors.RelatedManager", method);
}

}  // namespace surefoot::semantics

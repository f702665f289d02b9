#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "analysis/rules/mentions.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

constexpr std::string_view kMeta = ".Meta";

// "ModelForm", "ModelSerializer", "FilterSet": what the class makes of the model's fields; empty for other classes.
std::string_view maker_of(std::string_view path, Context& context) {
  static constexpr std::array<std::string_view, 6> kMakers = {"django.forms.ModelForm",
                                                              "django.forms.models.BaseModelForm",
                                                              "rest_framework.serializers.ModelSerializer",
                                                              "rest_framework.serializers.HyperlinkedModelSerializer",
                                                              "django_filters.FilterSet",
                                                              "django_filters.rest_framework.FilterSet"};
  const std::string name = context.module().name() + "." + std::string(path);
  for (const std::string_view maker : kMakers) {
    if (context.resolver().is_subclass(name, maker)) return maker;
  }
  return {};
}

bool is_all(Node value, Context& context) {
  if (semantics::literal_string(value) == "__all__") return true;
  const Type* type = semantics::only(context.type_of(value));
  return type != nullptr && type->name.ends_with(".ALL_FIELDS");
}

void check(Node assignment, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule all_fields_exposed;
const Rule all_fields_exposed{
    .code = "DJG112",
    .name = "all-fields-exposed",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::assignment},
    .check = check,
    .confirm = confirm,
};

namespace {

bool is_for_admin(std::string_view text) { return has_word(text, {"admin"}); }

// The path of the class whose `Meta` the assignment stands in; empty when there is none.
std::string_view owner_of(Node assignment, Context& context) {
  const std::string_view path = context.enclosing_class(assignment);
  return path.ends_with(kMeta) ? path.substr(0, path.size() - kMeta.size()) : std::string_view();
}

void check(Node assignment, Context& context) {
  const std::string_view name = assignment.child(Field::left).text();
  if ((name != "fields" && name != "exclude") || context.scope_of(assignment) != Scope::class_body) return;
  const std::string_view owner = owner_of(assignment, context);
  const Node value = without_parentheses(assignment.child(Field::right));
  if (owner.empty() || !value || is_for_admin(owner) || is_for_admin(context.path())) return;
  const bool all = name == "fields";
  if (all ? !is_all(value, context) : value.is(Kind::none)) return;
  const std::string_view maker = maker_of(owner, context);
  if (maker.empty()) return;
  const std::string_view what = semantics::last_part(maker);
  context.report(
      all_fields_exposed, assignment,
      all ? fmt::format("This {} takes every field of the model, and each one that is added later. Name those "
                        "that are meant",
                        what)
          : fmt::format("This {} takes every field of the model that `exclude` does not name, and each one "
                        "that is added later. Name those that are meant",
                        what));
}

bool is_admin_class(std::string_view path, Context& context) {
  const std::string name = context.module().name() + "." + std::string(path);
  return context.resolver().is_subclass(name, "django.contrib.admin.options.BaseModelAdmin");
}

// The forms of the admin are for people who may see everything.
bool confirm(const Report& report, Context& context) {
  const std::string_view owner = owner_of(context.unit().unit->ast.node(report.node), context);
  bool of_admin = false;
  for_each_identifier(semantics::last_part(owner), context, [&](Node name, Context& inside) {
    const std::string_view path = inside.enclosing_class(name);
    of_admin = of_admin || (!path.empty() && is_admin_class(path, inside));
  });
  return !of_admin;
}

}  // namespace
}  // namespace surefoot::rules

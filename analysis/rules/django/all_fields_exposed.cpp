#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"
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
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule all_fields_exposed;
const Rule all_fields_exposed{
    .code = "DJG112",
    .name = "all-fields-exposed",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::assignment},
    .check = check,
    .fix = fix,
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

// True when a class of the file's neighbour `admin.py` has the form.
bool is_form_of_admin(std::string_view owner, Context& context) {
  const TypeSet found = context.resolver().import(context.module(), context.module().absolute(".admin"));
  const Type* admin = semantics::only(found);
  if (admin == nullptr || admin->module == nullptr) return false;
  const std::string name = context.module().name() + "." + std::string(owner);
  const auto names_form = [&](const semantics::TermRef& value) {
    const Type* type = semantics::only(context.resolver().type_of(*value.unit, value.term));
    return type != nullptr && type->name == name;
  };
  for (const auto& unit : admin->module->units()) {
    for (const semantics::Class& one : unit->classes) {
      const semantics::ClassEntry* entry = admin->module->find_class(one.path);
      for (const std::string_view attribute : {"form", "add_form", "change_password_form"}) {
        const auto value = entry == nullptr ? decltype(entry->attributes.end()){} : entry->attributes.find(attribute);
        if (entry == nullptr || value == entry->attributes.end()) continue;
        if (std::any_of(value->second.begin(), value->second.end(), names_form)) return true;
      }
    }
  }
  return false;
}

// The forms of the admin are for people who may see everything.
bool confirm(const Report& report, Context& context) {
  const std::string_view owner = owner_of(context.unit().unit->ast.node(report.node), context);
  bool of_admin = false;
  for_each_identifier(semantics::last_part(owner), context, [&](Node name, Context& inside) {
    const std::string_view path = inside.enclosing_class(name);
    of_admin = of_admin || (!path.empty() && is_admin_class(path, inside));
  });
  return !of_admin && !is_form_of_admin(owner, context);
}

// ---- fix

struct ModelField {
  std::size_t unit = 0;
  std::uint32_t node = 0;
  std::string_view name;
  Node call;
};

bool is_field(Node value) {
  const std::string_view made = value.is(Kind::call) ? last_name(value.child(Field::function)) : std::string_view();
  return made.ends_with("Field") || made == "ForeignKey";
}

// The fields of a model, in the order of its class.
std::vector<ModelField> fields_of(const semantics::ClassEntry& model, Context& context) {
  std::vector<ModelField> fields;
  const auto& units = context.resolver().module_of(*model.unit).units();
  for (const auto& [name, values] : model.attributes) {
    const semantics::TermRef& value = values.front();
    if (value.node == semantics::kNoNode) continue;
    const Node assignment = value.unit->unit->ast.node(value.node);
    const Node right = assignment.is(Kind::assignment) ? assignment.child(Field::right) : Node();
    if (!right || !is_field(right)) continue;
    const auto at = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.get() == value.unit; });
    fields.push_back({static_cast<std::size_t>(at - units.begin()), value.node, name, right});
  }
  std::sort(fields.begin(), fields.end(), [](const ModelField& a, const ModelField& b) {
    return a.unit != b.unit ? a.unit < b.unit : a.node < b.node;
  });
  return fields;
}

// The class of `model = …` beside the assignment, when all its fields are its own.
const semantics::ClassEntry* model_beside(Node assignment, Context& context) {
  const semantics::ClassEntry* meta = context.module().find_class(context.enclosing_class(assignment));
  const auto found = meta == nullptr ? decltype(meta->attributes.end()){} : meta->attributes.find("model");
  if (meta == nullptr || found == meta->attributes.end()) return nullptr;
  const semantics::TermRef& value = found->second.front();
  const Type* type = semantics::only(context.resolver().type_of(*value.unit, value.term));
  const semantics::ClassEntry* model = type != nullptr ? context.resolver().class_entry(type->name) : nullptr;
  if (model == nullptr || model->definition->bases.size() != 1) return nullptr;
  const Type* base = semantics::only(context.resolver().type_of(*model->unit, model->definition->bases.front()));
  return base != nullptr && base->name == "django.db.models.Model" ? model : nullptr;
}

// A form refuses the names of fields that nobody may edit.
bool may_be_edited(Node call) {
  const Node editable = argument(call, "editable");
  return editable.text() != "False" && argument(call, "auto_now").text() != "True" &&
         argument(call, "auto_now_add").text() != "True" && last_name(call.child(Field::function)) != "AutoField";
}

// The names that `exclude` has; nothing when some of them cannot be read.
std::optional<std::vector<std::string>> excluded_by(Node value) {
  std::vector<std::string> names;
  if (!value.is(Kind::list) && !value.is(Kind::tuple)) return std::nullopt;
  for (const Node one : value.children()) {
    auto name = semantics::literal_string(one);
    if (!name) return std::nullopt;
    names.push_back(std::move(*name));
  }
  return names;
}

Fixes fix(const Report& report, Context& context) {
  const Node assignment = context.unit().unit->ast.node(report.node);
  const semantics::ClassEntry* model = model_beside(assignment, context);
  if (model == nullptr) return {{}, "the model's fields are not known"};
  std::vector<std::string> excluded;
  if (assignment.child(Field::left).text() == "exclude") {
    auto names = excluded_by(without_parentheses(assignment.child(Field::right)));
    if (!names) return {{}, "what is excluded is computed"};
    excluded = std::move(*names);
  }
  const bool form = maker_of(owner_of(assignment, context), context).starts_with("django.forms.");
  const std::vector<ModelField> fields = fields_of(*model, context);
  const bool has_key = std::any_of(fields.begin(), fields.end(), [](const ModelField& one) {
    return argument(one.call, "primary_key").text() == "True";
  });
  std::string names = form || has_key || contains(excluded, "id") ? "" : "\"id\"";
  for (const ModelField& one : fields) {
    if (contains(excluded, one.name) || (form && !may_be_edited(one.call))) continue;
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", one.name);
  }
  return {{fixes::make_fix(
              "Name the model's fields", fixes::Applicability::unsafe,
              {fixes::replace(context.file(), context.place(assignment), fmt::format("fields = [{}]", names))})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

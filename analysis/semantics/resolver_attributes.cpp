#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Node;
using Tag = Type::Tag;

TypeSet Resolver::attribute(const Type& object, std::string_view name) {
  if (object.tag != Tag::object && object.tag != Tag::instance) return {};
  if (object.module != nullptr) return module_attribute(*object.module, name);
  const bool bound = object.tag == Tag::instance;
  if (const ClassEntry* entry = class_entry(object.name)) {
    return object.super ? attribute_of_bases(object, *entry, name, bound, 0)
                        : class_attribute(object, *entry, name, bound, 0);
  }
  if (object.function != nullptr) return {};
  if (!bound && knowledge::find_class(object.name) == nullptr) {
    if (TypeSet known = conventional(object.name, {}, name); !known.empty()) return known;
    return import(module_, std::string(object.name) + "." + std::string(name));
  }
  return known_attribute(object.name, name);
}

TypeSet Resolver::known_attribute(std::string_view class_name, std::string_view name) {
  if (class_name.starts_with('<')) return {};
  if (const std::string_view type = knowledge::find_attribute(class_name, name); !type.empty()) return parse_type(type);
  const knowledge::Callable* callable = knowledge::find_method(class_name, name);
  if (callable == nullptr) {
    if (TypeSet known = conventional(class_name, {}, name); !known.empty()) return known;
  }
  if (callable == nullptr) {
    const knowledge::Callable* other = knowledge::find_method(class_name, "__getattr__");
    if (other != nullptr && !other->returns.empty()) return parse_type(other->returns);
  }
  Type type = make(Tag::object);
  const bool wildcard = callable == nullptr || callable->name.ends_with(".*");
  type.name = wildcard ? intern(std::string(class_name) + "." + std::string(name)) : callable->name;
  type.callable = callable;
  return {type};
}

TypeSet Resolver::class_attribute(const Type& owner, const ClassEntry& entry, std::string_view name, bool bound,
                                  int depth) {
  const auto found = entry.attributes.find(name);
  if (found == entry.attributes.end()) return attribute_of_bases(owner, entry, name, bound, depth);
  TypeSet result;
  for (const TermRef& ref : found->second) {
    TypeSet value = value_of(ref);
    const Type* function = only(value);
    if (bound && ref.kind == BindingKind::function && function != nullptr && function->function != nullptr &&
        is_property({function->unit, function->function})) {
      value = call_function(*function->unit, *function->function);
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

bool Resolver::is_property(const FunctionRef& function) {
  for (const TermId decorator : function.function->decorators) {
    const Type* known = only(type_of(*function.unit, decorator));
    if (known == nullptr) continue;
    if (known->name == "property" || known->name == "functools.cached_property" ||
        known->name == "django.utils.functional.cached_property") {
      return true;
    }
  }
  return false;
}

FunctionRef Resolver::method(const Type& instance, std::string_view name) {
  std::vector<std::string_view> waiting{instance.name};
  std::unordered_set<std::string_view> seen;
  while (!waiting.empty() && seen.size() < 64) {
    const std::string_view one = waiting.back();
    waiting.pop_back();
    const ClassEntry* entry = seen.insert(one).second ? class_entry(one) : nullptr;
    if (entry == nullptr) continue;
    if (const auto found = entry->attributes.find(name); found != entry->attributes.end()) {
      const TypeSet value = found->second.size() == 1 ? value_of(found->second.front()) : TypeSet();
      const Type* type = only(value);
      if (type == nullptr || type->function == nullptr) return {};
      return {type->unit, type->function};
    }
    for (auto base = entry->definition->bases.rbegin(); base != entry->definition->bases.rend(); ++base) {
      if (const Type* type = only(type_of(*entry->unit, *base))) waiting.push_back(type->name);
    }
  }
  return {};
}

FunctionRef Resolver::getter(const UnitModel& unit, Node attribute) {
  const Type* object = only(type_of(unit, attribute.child(syntax::Field::object)));
  if (object == nullptr || object->tag != Tag::instance || object->super) return {};
  const FunctionRef found = method(*object, attribute.child(syntax::Field::attribute).text());
  return found.function != nullptr && is_property(found) ? found : FunctionRef{};
}

TypeSet Resolver::attribute_of_bases(const Type& owner, const ClassEntry& entry, std::string_view name, bool bound,
                                     int depth) {
  if (depth > 16) return {};
  for (const TermId base : entry.definition->bases) {
    const Type* type = only(type_of(*entry.unit, base));
    if (type == nullptr || type->tag != Tag::object) return {};
    if (const ClassEntry* inner = class_entry(type->name)) {
      TypeSet found = class_attribute(owner, *inner, name, bound, depth + 1);
      if (!found.empty()) return found;
      continue;
    }
    if (knowledge::find_class(type->name) != nullptr || type->name.find('.') != std::string_view::npos) {
      return known_attribute(type->name, name);
    }
  }
  return {};
}

bool Resolver::is_subclass(std::string_view name, std::string_view base) {
  std::vector<std::string_view> waiting{name};
  std::unordered_set<std::string_view> seen;
  while (!waiting.empty() && seen.size() < 200) {
    const std::string_view one = waiting.back();
    waiting.pop_back();
    if (one == base) return true;
    if (!seen.insert(one).second) continue;
    if (const ClassEntry* entry = class_entry(one)) {
      for (const TermId term : entry->definition->bases) {
        if (const Type* type = only(type_of(*entry->unit, term))) waiting.push_back(type->name);
      }
    } else if (const knowledge::Class* known = knowledge::find_class(one)) {
      waiting.insert(waiting.end(), known->bases.begin(), known->bases.end());
    }
  }
  return false;
}

}  // namespace surefoot::semantics

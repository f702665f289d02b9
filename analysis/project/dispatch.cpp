#include "analysis/project/dispatch.hpp"

#include <algorithm>

#include "analysis/project/calls.hpp"

namespace surefoot::project {

using semantics::Function;
using semantics::FunctionRef;
using semantics::Resolver;
using semantics::Type;
using semantics::TypeSet;

namespace {

constexpr std::size_t kMaxDepth = 8;  // classes, one above the other

// True for a class that names Protocol among its bases: those that derive from it have code.
bool is_protocol(std::string_view name, Resolver& resolver) {
  const semantics::ClassEntry* entry = resolver.class_entry(name);
  if (entry == nullptr) return false;
  return std::any_of(entry->definition->bases.begin(), entry->definition->bases.end(), [&](semantics::TermId base) {
    const Type* type = semantics::only(resolver.type_of(*entry->unit, base));
    return type != nullptr && (type->name == "typing.Protocol" || type->name == "typing_extensions.Protocol");
  });
}

bool is_abstract_in(const FunctionRef& method, const std::string& owner, Resolver& resolver) {
  for (const semantics::TermId decorator : method.function->decorators) {
    const Type* type = semantics::only(resolver.type_of(*method.unit, decorator));
    if (type != nullptr && type->name == "abc.abstractmethod") return true;
  }
  return is_protocol(owner, resolver);
}

// By the classes that it names, since the resolver may not have met this one.
bool derives_from(const semantics::ClassEntry& entry, const std::string& owner, Resolver& resolver) {
  return std::any_of(entry.definition->bases.begin(), entry.definition->bases.end(), [&](semantics::TermId base) {
    const Type* type = semantics::only(resolver.type_of(*entry.unit, base));
    return type != nullptr && resolver.is_subclass(type->name, owner);
  });
}

}  // namespace

std::string class_of(const FunctionRef& method, const Resolver& resolver) {
  return resolver.module_of(*method.unit).name() + "." + method.function->container;
}

bool is_abstract(const FunctionRef& method, Resolver& resolver) {
  return !method.function->container.empty() && is_abstract_in(method, class_of(method, resolver), resolver);
}

bool is_mixin(std::string_view name, Resolver& resolver) {
  std::vector<std::string_view> classes{name};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] == "object") continue;
    const semantics::ClassEntry* entry = resolver.class_entry(classes[i]);
    if (entry == nullptr || entry->attributes.contains("__getattr__") || classes.size() > 2 * kMaxDepth) return false;
    for (const semantics::TermId base : entry->definition->bases) {
      const Type* type = semantics::only(resolver.type_of(*entry->unit, base));
      if (type == nullptr) return false;
      classes.push_back(type->name);
    }
  }
  return true;
}

const Type* callee_in(const TypeSet& types, Resolver& resolver) {
  if (const Type* one = semantics::only(types)) return one;
  const Type* concrete = nullptr;
  for (const Type& type : types) {
    if (type.tag == Type::Tag::none) continue;
    if (type.function == nullptr || type.function->container.empty()) return nullptr;
    if (is_abstract({type.unit, type.function}, resolver)) continue;
    if (concrete != nullptr) return nullptr;
    concrete = &type;
  }
  return concrete;
}

std::vector<FunctionRef> implementations(const FunctionRef& method, Resolver& resolver) {
  std::vector<FunctionRef> found;
  if (method.function->container.empty()) return found;
  const semantics::ModuleIndex& module = resolver.module_of(*method.unit);
  const std::string owner = module.name() + "." + method.function->container;
  if (!is_abstract_in(method, owner, resolver)) return found;
  for (const auto& unit : module.units()) {
    for (const semantics::Class& one : unit->classes) {
      const semantics::ClassEntry* entry = module.find_class(one.path);
      if (entry == nullptr || one.path == method.function->container) continue;
      const auto attribute = entry->attributes.find(method.function->name);
      if (attribute == entry->attributes.end() || !derives_from(*entry, owner, resolver)) continue;
      const semantics::TermRef& value = attribute->second.front();
      const Function* function = value.unit->function_at(value.node);
      if (function != nullptr && !function->is_async) found.push_back({value.unit, function});
    }
  }
  return found;
}

const std::vector<Override>& Overrides::of(const std::string& name, const std::string& owner) {
  const auto [found, is_new] = known_.try_emplace({name, owner});
  if (is_new) {
    Type base;
    base.tag = Type::Tag::instance;
    base.name = owner;
    const semantics::ClassEntry* entry = resolver_.class_entry(name);
    const bool mixes = entry != nullptr && entry->definition->bases.size() > 1 && is_mixin(owner, resolver_);
    add(name, base, mixes, 0, found->second);
    std::sort(found->second.begin(), found->second.end(),
              [](const Override& a, const Override& b) { return a.name < b.name; });
  }
  return found->second;
}

void Overrides::add(std::string_view name, const Type& owner, bool others, std::size_t depth,
                    std::vector<Override>& into) {
  const semantics::ClassEntry* entry = resolver_.class_entry(name);
  if (entry == nullptr || name == owner.name || depth > kMaxDepth) return;
  for (const auto& [attribute, values] : entry->attributes) {
    const semantics::TermRef& value = values.front();
    if (value.kind != semantics::BindingKind::function || attribute.starts_with("__")) continue;
    const Function* function = value.unit->function_at(value.node);
    const std::uint64_t hash = semantics::NameFilter::hash(attribute);
    const bool known = std::any_of(into.begin(), into.end(), [&](const Override& one) { return one.name == hash; });
    if (known || function == nullptr) continue;
    if (!others && resolver_.method(owner, attribute).function == nullptr) continue;
    into.push_back({hash, key_of(*value.unit, *function, resolver_)});
  }
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(resolver_.type_of(*entry->unit, base));
    if (type != nullptr) add(type->name, owner, others, depth + 1, into);
  }
}

}  // namespace surefoot::project

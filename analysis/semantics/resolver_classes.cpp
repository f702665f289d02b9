// The classes of the project and what they derive from.

#include <algorithm>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using Tag = Type::Tag;

namespace {

constexpr std::string_view kUnknownBase = "?";

}  // namespace

// What comes behind a base that nobody knows may be something else.
const std::vector<Resolver::Ancestor>& Resolver::order_of(std::string_view class_name) {
  if (const auto known = orders_.find(class_name); known != orders_.end()) return known->second;
  class_name = intern(std::string(class_name));  // it stands in the order, which outlives the caller's text
  std::vector<Ancestor> order;
  for (const std::string_view name : linearize(class_name, 0)) {
    if (name == kUnknownBase) break;
    order.push_back({name, class_entry(name)});
  }
  return orders_[class_name] = std::move(order);
}

Resolver::Arguments Resolver::arguments_of_base(const std::vector<Ancestor>& order, std::string_view base) {
  for (const Ancestor& one : order) {
    if (one.entry == nullptr) continue;
    for (const TermId term : one.entry->definition->bases) {
      const Type* type = only(type_of(*one.entry->unit, term));
      if (type == nullptr || type->name != base || type->arguments == nullptr) continue;
      const TypeSet instance = instances({*type});
      return instance.empty() ? nullptr : instance.front().arguments;
    }
  }
  return nullptr;
}

namespace {

bool stands_behind_another(std::string_view name, const std::vector<std::vector<std::string_view>>& lists) {
  return std::any_of(lists.begin(), lists.end(), [&](const auto& list) {
    return list.size() > 1 && std::find(list.begin() + 1, list.end(), name) != list.end();
  });
}

}  // namespace

// Python's C3 (https://docs.python.org/3/howto/mro.html). Classes that Python would refuse are taken as they come.
std::vector<std::string_view> Resolver::linearize(std::string_view class_name, int depth) {
  std::vector<std::string_view> order = {class_name};
  const ClassEntry* entry = class_entry(class_name);
  if (entry == nullptr || depth > 16) return order;
  std::vector<std::vector<std::string_view>> lists;
  std::vector<std::string_view> direct;
  for (const TermId base : entry->definition->bases) {
    const Type* type = only(type_of(*entry->unit, base));
    if (type == nullptr || type->tag != Tag::object) {
      direct.push_back(kUnknownBase);
      lists.push_back({kUnknownBase});
      continue;
    }
    if (is_typing(type->name, "Generic") || is_typing(type->name, "Protocol")) continue;
    direct.push_back(type->name);
    lists.push_back(linearize(type->name, depth + 1));
  }
  if (lists.size() == 1) {
    order.insert(order.end(), lists.front().begin(), lists.front().end());
    return order;
  }
  lists.push_back(direct);
  for (;;) {
    std::erase_if(lists, [](const auto& list) { return list.empty(); });
    if (lists.empty() || order.size() > 200) return order;
    const auto good = std::find_if(lists.begin(), lists.end(),
                                   [&](const auto& list) { return !stands_behind_another(list.front(), lists); });
    const std::string_view next = good == lists.end() ? lists.front().front() : good->front();
    order.push_back(next);
    for (auto& list : lists) {
      if (list.front() == next) list.erase(list.begin());
    }
  }
}

bool Resolver::is_subclass(std::string_view name, std::string_view base) {
  const auto contains = [&](const std::vector<std::string_view>& names) {
    return std::find(names.begin(), names.end(), base) != names.end();
  };
  if (name == base) return true;
  if (const auto found = ancestors_.find(name); found != ancestors_.end()) return contains(found->second);
  if (depth_ > 0) return contains(find_ancestors(name));  // some bases may be unknown since they are under way
  const std::string_view kept = intern(std::string(name));
  return contains(ancestors_.emplace(kept, find_ancestors(kept)).first->second);
}

std::vector<std::string_view> Resolver::find_ancestors(std::string_view name) {
  std::vector<std::string_view> waiting{name};
  std::vector<std::string_view> seen;
  while (!waiting.empty() && seen.size() < 200) {
    const std::string_view one = waiting.back();
    waiting.pop_back();
    if (std::find(seen.begin(), seen.end(), one) != seen.end()) continue;
    seen.push_back(one);
    if (const ClassEntry* entry = class_entry(one)) {
      for (const TermId term : entry->definition->bases) {
        if (const Type* type = only(type_of(*entry->unit, term))) waiting.push_back(type->name);
      }
    } else if (const knowledge::Class* known = knowledge::find_class(one)) {
      waiting.insert(waiting.end(), known->bases.begin(), known->bases.end());
    }
  }
  return seen;
}

}  // namespace surefoot::semantics

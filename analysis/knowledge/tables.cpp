#include "analysis/knowledge/tables.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

#include "analysis/knowledge/index.hpp"
#include "analysis/knowledge/store.hpp"

namespace surefoot::knowledge {
namespace {

// More than any real hierarchy; a guard against tables that went wrong.
constexpr std::size_t kMaxBases = 64;

/// Calls `visit` with the class and its bases, depth first, until it gives something.
template <class Visit>
auto through_bases(std::string_view class_name, Visit visit) -> decltype(visit(class_name)) {
  const std::string_view first = canonical(class_name);
  const Class* known = find_class(first);
  if (known == nullptr || known->bases.empty()) return visit(first);
  std::array<std::string_view, kMaxBases> todo;
  std::size_t count = 1;
  todo[0] = first;
  for (std::size_t visited = 0; count > 0 && visited < kMaxBases; ++visited) {
    const std::string_view name = todo[--count];
    const auto found = visit(name);
    if (found != decltype(found){}) return found;
    const Class* entry = find_class(name);
    if (entry == nullptr) continue;
    for (std::size_t i = entry->bases.size(); i > 0 && count < kMaxBases; --i) todo[count++] = entry->bases[i - 1];
  }
  return {};
}

template <class Item, class Row>
const Item* find_member(const Shelf<Item, Row>& shelf, std::string_view class_name, std::string_view method) {
  return through_bases(class_name, [&](std::string_view name) { return shelf.find({name, ".", method}); });
}

}  // namespace

std::string_view canonical(std::string_view name) {
  const Store& all = store();
  const Alias* best = nullptr;
  std::uint32_t hash = kHashSeed;
  std::size_t hashed = 0;
  for (std::size_t end = 0; end < name.size();) {
    end = std::min(name.find('.', end + 1), name.size());
    const std::string_view prefix = name.substr(0, end);
    if (!all.aliases.may_have(outline_of(prefix))) continue;
    hash = hash_more(hash, prefix.substr(hashed));
    hashed = end;
    const std::size_t hit = all.aliases.position_of(hash, [&](std::string_view alias) { return alias == prefix; });
    if (hit != NameIndex::kNone) best = all.aliases.at(hit);
  }
  if (best == nullptr) return name;
  if (best->name.size() == name.size()) return best->of;
  const std::string_view known = all.spelling({best->of, name.substr(best->name.size())});
  return known.empty() ? name : known;
}

const Callable* find_callable(std::string_view name) { return store().callables.find(name); }
const Class* find_class(std::string_view name) { return store().classes.find(name); }
const Bridge* find_bridge(std::string_view name) { return store().bridges.find(name); }
const Spawner* find_spawner(std::string_view name) { return store().spawners.find(name); }
const Decorator* find_decorator(std::string_view name) { return store().decorators.find(name); }
const Provider* find_provider(std::string_view name) { return store().providers.find(name); }
bool is_limiter(std::string_view name) { return store().limiters.has(name); }

const Callable* find_method(std::string_view class_name, std::string_view method) {
  if (const Callable* own = find_member(store().callables, class_name, method)) return own;
  const std::string path = std::string(class_name) + "." + std::string(method);
  if (const std::string_view name = canonical(path); name != path) return find_callable(name);
  return find_member(store().callables, class_name, "*");
}

namespace {

// The last parts of names: most methods are none of these, whatever their class is.
template <class Row>
bool may_be_last_part(const NameList<Row>& list, std::string_view name) {
  static const std::bitset<kOutlines> parts = [&] {
    std::bitset<kOutlines> all;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string_view path = list.name_at(i);
      all[outline_of(path.substr(path.rfind('.') + 1))] = true;
    }
    return all;
  }();
  return parts[outline_of(name)];
}

}  // namespace

bool may_be_bridge(std::string_view method) { return may_be_last_part(store().bridges, method); }
bool may_be_spawner(std::string_view method) { return may_be_last_part(store().spawners, method); }

const Bridge* find_method_bridge(std::string_view class_name, std::string_view method) {
  return find_member(store().bridges, class_name, method);
}

const Spawner* find_method_spawner(std::string_view class_name, std::string_view method) {
  return find_member(store().spawners, class_name, method);
}

const Decorator* find_method_decorator(std::string_view class_name, std::string_view method) {
  return find_member(store().decorators, class_name, method);
}

const Provider* find_method_provider(std::string_view class_name, std::string_view method) {
  return find_member(store().providers, class_name, method);
}

std::string_view find_attribute(std::string_view class_name, std::string_view attribute) {
  return through_bases(class_name, [&](std::string_view name) {
    const Class* entry = find_class(name);
    if (entry == nullptr) return std::string_view();
    const auto found = std::find_if(entry->attributes.begin(), entry->attributes.end(),
                                    [&](const Attribute& candidate) { return candidate.name == attribute; });
    return found == entry->attributes.end() ? std::string_view() : found->type;
  });
}

bool is_subclass(std::string_view class_name, std::string_view base) {
  const std::string_view wanted = canonical(base);
  return through_bases(class_name, [&](std::string_view name) { return name == wanted; });
}

bool knows_module(std::string_view top_level_name) { return store().modules.has(top_level_name); }

namespace {

template <class Item, class Row>
std::vector<Item> all_of(const Shelf<Item, Row>& shelf) {
  std::vector<Item> all;
  for (std::size_t i = 0; i < shelf.size(); ++i) all.push_back(*shelf.at(i));
  return all;
}

}  // namespace

std::span<const Callable> all_callables() {
  static const std::vector<Callable> all = all_of(store().callables);
  return all;
}

std::span<const Class> all_classes() {
  static const std::vector<Class> all = all_of(store().classes);
  return all;
}

}  // namespace surefoot::knowledge

#pragma once
// Small work on types and sets of types. Internal to semantics/.

#include <string_view>
#include <vector>

#include "analysis/semantics/types.hpp"

namespace surefoot::semantics {

Type make(Type::Tag tag, std::string_view name = {});
Type generic(Type::Tag tag, std::string_view name, std::vector<TypeSet> arguments);

/// The same thing, generic arguments left aside.
bool same(const Type& a, const Type& b);
void add_unique(TypeSet& set, const Type& type);
/// False when the union is unknown, because a member is or because there are too many.
bool unite(TypeSet& into, const TypeSet& other);

/// The same types, each marked as assumed.
TypeSet assumed(TypeSet types);

/// The class of values that an annotation calls callable; its last argument is what calling them gives.
inline constexpr std::string_view kCallable = "typing.Callable";
/// True when nothing more is known than that it can be called, or nothing at all.
bool says_little(const TypeSet& types);
/// The types with each `$n` in them replaced by argument n; unknown where there is none.
TypeSet substituted(const TypeSet& types, const std::vector<TypeSet>* arguments);

/// The runtime class behind an alias of `typing` ("typing.List" -> "list"); other names come back as they are.
std::string_view without_typing(std::string_view name);
/// "c" of "a.b.c".
std::string_view last_part(std::string_view name);
/// True for `wanted` of typing or typing_extensions.
bool is_typing(std::string_view name, std::string_view wanted);
/// True for the classes of contextlib that bind in `with` what they were given.
bool binds_its_argument(std::string_view name);
/// True for the classes of keys that name the type of what is kept under them: `web.AppKey("store", Store)`.
bool is_typed_key(std::string_view name);

}  // namespace surefoot::semantics

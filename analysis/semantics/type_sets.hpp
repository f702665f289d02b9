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

/// The runtime class behind an alias of `typing` ("typing.List" -> "list"); other names come back as they are.
std::string_view without_typing(std::string_view name);
/// "c" of "a.b.c".
std::string_view last_part(std::string_view name);
/// True for `wanted` of typing or typing_extensions.
bool is_typing(std::string_view name, std::string_view wanted);

}  // namespace surefoot::semantics

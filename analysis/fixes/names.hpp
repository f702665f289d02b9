#pragma once
// Names that a fix may introduce.

#include <string>
#include <string_view>

#include "analysis/fixes/file_view.hpp"

namespace surefoot::fixes {

/// `wanted`, or "wanted_2", "wanted_3" …: a name that neither the function around the place (any code of the unit, when
/// there is none) nor the module's top level uses.
std::string free_name(const FileView& file, const Place& place, std::string_view wanted);

/// True for an identifier that is a name, not that of an attribute or a keyword argument.
bool is_name(syntax::Node node);

/// True when a function around the place has a parameter or local of this name.
bool is_shadowed(syntax::Node place, std::string_view name);

}  // namespace surefoot::fixes

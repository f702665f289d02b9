#pragma once
// The classes of the file, by qualified name.

#include <string_view>

#include "analysis/rules/rule.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::rules {

/// The class "app.models.User" of this file; null for one of another file or library.
inline const semantics::ClassEntry* project_class(std::string_view name, Context& context) {
  const std::string& module = context.module().name();
  if (!name.starts_with(module) || name.size() <= module.size() + 1) return nullptr;
  return context.module().find_class(name.substr(module.size() + 1));
}

}  // namespace surefoot::rules

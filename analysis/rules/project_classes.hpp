#pragma once
// The classes of the project, by qualified name.

#include <string_view>

#include "analysis/rules/rule.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::rules {

/// The class "app.models.User", of this file or of one that a type has led to; null for one of a library.
inline const semantics::ClassEntry* project_class(std::string_view name, Context& context) {
  return context.resolver().class_entry(name);
}

}  // namespace surefoot::rules

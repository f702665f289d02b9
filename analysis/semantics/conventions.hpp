#pragma once
// What a name says by itself where nothing else is known. The resolver asks; see conventions.cpp.

#include <string_view>

namespace surefoot::semantics {

/// True for the names that Django gives to the managers of its models: `objects`, `order_set` …
/// (Django documentation, "Managers"; "Making queries: Following relationships backward").
bool is_manager_name(std::string_view attribute);

}  // namespace surefoot::semantics

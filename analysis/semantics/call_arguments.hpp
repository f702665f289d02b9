#pragma once
// The arguments of a call as they are written. Internal to semantics/.

#include <cstddef>
#include <string_view>

#include "analysis/syntax/ast.hpp"

namespace surefoot::semantics {

/// Null when there is none, and behind `*arguments`, which may be any number.
syntax::Node positional_argument(syntax::Node call, std::size_t position);
/// The value of `name=value`; null when it is not there.
syntax::Node keyword_argument(syntax::Node call, std::string_view name);

}  // namespace surefoot::semantics

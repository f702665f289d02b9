#pragma once
// Handlers of exceptions, and exception groups.

#include <string_view>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for `except* …`.
bool is_group_handler(Node except_clause);

/// The exceptions that a handler names, those of a tuple one by one; empty for a bare `except`.
std::vector<Node> caught_by(Node except_clause);

/// True for BaseExceptionGroup and the classes derived from it.
bool is_group_class(std::string_view name, Context& context);

/// The qualified name of the class that an expression names; empty when it is not known.
std::string_view class_named(Node expression, Context& context);

/// The name that `except … as name` binds; null when there is none.
Node alias_of(Node except_clause);

}  // namespace surefoot::rules

#pragma once
// What a `with` gives to its block: a transaction, a lock, a timeout, …

#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The expression of a with_item, without its `as` and parentheses.
Node manager_of(Node with_item);

/// The with_item whose manager the expression is, as in `with manager:` and `with manager as name:`; null for none.
Node item_of(Node manager);

/// The item of a plain `with` round the node, in its function, that binds the name: `with connect() as name`.
Node item_that_binds(std::string_view name, Node node);

/// The part of an expression that it is made on: `a` of `a.b`, `a[b]`, `a()` and `(a)`; null for other expressions.
Node made_on(Node expression);
/// The first of those, from the inside: `a` of `a.b().c`.
Node root_of(Node expression);

/// What a with_item provides, by the call that makes the manager or by the manager's class; nothing when not known.
std::optional<knowledge::Provided> provided_by(Node with_item, Context& context);

/// The kind of lock that an expression is, thread_lock or async_lock; nothing when it is none or not known to be one.
std::optional<knowledge::Provided> lock_kind(Node expression, Context& context);

/// True for a timeout, cancel scope or group of tasks: what may cancel its block.
bool may_cancel(std::optional<knowledge::Provided> provided);

}  // namespace surefoot::rules

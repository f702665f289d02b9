#pragma once
// Django's models, queries and transactions, by what names resolve to.

#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

bool is_queryset(Node expression, Context& context);
/// A row, of whatever model.
bool is_model_instance(Node expression, Context& context);
/// True directly in the body of a model's class.
bool is_in_model(Node node, Context& context);

/// What a call of the ORM does, with what its arguments say taken into account; none for a call that asks the database
/// nothing, or is not known to.
knowledge::Effect orm_effects(Node call, Context& context);
/// True for a call of the ORM that asks the database, or does so when awaited, and for a model's own `save` or
/// `delete`.
bool asks_database(Node call, Context& context);
/// The same for one that writes.
bool writes_database(Node call, Context& context);

/// True for `transaction.atomic` and what calling it gives.
bool is_atomic(Node expression, Context& context);
/// The `transaction.atomic` that the node runs in, as far as its function and class tell: the manager of a `with` round
/// it, the decorator of its function, or, for a method of a class that has the decorator, the function. Null for none.
Node atomic_around(Node node, Context& context);
/// The manager of the innermost `with transaction.atomic()` round the node in its function, and not outside of `within`
/// (null: no limit); null for none.
Node atomic_block_around(Node node, Node within, Context& context);
/// The decorator (`@transaction.atomic`, `@method_decorator(transaction.atomic)`) of a function_definition of the
/// context's unit; null for none.
Node atomic_decorator_of(Node function, Context& context);

/// True when Django calls the function_definition, one of the context's unit, for each row that is saved or deleted: by
/// its `@receiver`, or by the parameters of such a receiver.
bool receives_model_signal(Node function, Context& context);
/// True for `post_save`, `m2m_changed` and the other signals of models that writing a row sends.
bool is_model_signal(Node expression, Context& context);

}  // namespace surefoot::rules

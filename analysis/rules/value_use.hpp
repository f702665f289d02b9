#pragma once
// What becomes of a value, and where the value of a local comes from, inside one function.

#include <cstdint>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Fate : std::uint8_t {
  used,        // passed on, kept, returned, awaited, … or not known
  discarded,   // the statement it stands in does nothing with it
  never_read,  // bound to locals that nothing reads afterwards
};

/// The expression with the parentheses round it.
Node outside_parentheses(Node expression);

/// The local that a value is bound to by a statement of its own; null otherwise.
Node local_bound_to(Node value);

struct ValueUse {
  Fate fate = Fate::used;
  Node statement;  // the expression_statement that drops or binds it; null when it is used
  Node target;     // never_read: the local, the innermost one of `a = b = value`
};

/// Looks through parentheses, `and`/`or`, conditional expressions and list displays. Names at module and class level,
/// and those declared global or nonlocal, count as read.
ValueUse value_use(Node expression, Context& context);

/// True when something reads the local `name` after `binding`, its statement: further on in the function, in the same
/// loop, or in a nested function.
bool is_read_after(std::string_view name, Node binding, Context& context);

/// True when an identifier below `tree`, whatever its part there, has this name. False for a null tree.
bool is_named_in(std::string_view name, Node tree);

/// True for an identifier that binds or merely names something (`x` of `x = 1`, `f(x=1)`, `a.x`); false for one that
/// reads.
bool is_binding_place(Node identifier);

/// The value that the local `name` (an identifier) is given where the function binds it once, by an assignment or a
/// `with … as`; null otherwise.
Node only_value_of(Node name, Context& context);

}  // namespace surefoot::rules

#pragma once
// Walking code: one function's own statements, what stands round a node.

#include "analysis/rules/units.hpp"

namespace surefoot::rules {

inline bool is_definition(Node node) {
  return node.is(Kind::function_definition) || node.is(Kind::lambda) || node.is(Kind::class_definition);
}

inline bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension) || node.is(Kind::generator_expression);
}

/// Calls `visit(node)` for each node of the tree, in the order of the text. What functions, lambdas and classes inside
/// it hold is left out; they themselves are visited.
template <typename Visit>
void for_each_own(Node tree, const Visit& visit) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after();) {
    const Node node = tree.ast().node(i);
    visit(node);
    i = is_definition(node) && node != tree ? node.after() : i + 1;
  }
}

/// The first point of the tree where a coroutine may stop and let others run: `await`, `yield`, `async for`,
/// `async with`; not in functions, lambdas and classes inside of it. Null when there is none.
Node suspension_in(Node tree);

/// True when an identifier of this name stands in the tree, whatever it means there.
bool mentions(Node tree, std::string_view name);

/// The innermost `for`, `while` or comprehension whose repeated part the node stands in, inside its own function; null
/// when there is none.
Node loop_around(Node node);

/// The `finally` that a `return`, `break` or `continue` takes control out of, in its own function; null when there is
/// none.
Node finally_left_by(Node statement);

/// The last name of `lock`, `self.lock`, `self.lock()`: what the thing is called; empty for other expressions.
std::string_view last_name(Node expression);

/// The expressions that a `with` statement enters, names and parentheses taken off.
std::vector<Node> managers_of(Node with_statement);

/// True when the last statement of the block is a `return`, `raise`, `continue` or `break`.
bool jumps_away(Node block);

/// True when the `except` clause takes every error: bare, or of `Exception` or `BaseException` among others.
bool catches_everything(Node except_clause);

/// True in the consequence of `if __name__ == "__main__":`.
bool is_under_main_guard(Node node);

}  // namespace surefoot::rules

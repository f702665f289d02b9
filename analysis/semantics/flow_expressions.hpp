#pragma once
// What evaluating an expression or a simple statement may do to the flow of control. Internal to semantics/.

#include <cstdint>

#include "analysis/syntax/ast.hpp"

namespace surefoot::semantics {

struct Evaluation {
  bool raises = false;
  bool awaits = false;
  bool yields = false;
  bool broken = false;  // a part of it could not be parsed

  void add(const Evaluation& other) {
    raises = raises || other.raises;
    awaits = awaits || other.awaits;
    yields = yields || other.yields;
    broken = broken || other.broken;
  }
};

/// Of the node itself, without the bodies of functions and lambdas in it. A null node does nothing.
Evaluation evaluation_of(syntax::Node node);

/// True for what plainly cannot raise: `pass`, a jump, `x = 1`, a condition of names and literals.
bool is_harmless(syntax::Node node);

enum class Truth : std::uint8_t { unknown, always, never };

/// Of a literal condition: `True`, `1`, `not False`, `None`.
Truth truth_of(syntax::Node condition);

/// True for `case _:` and `case name:` without a guard.
bool always_matches(syntax::Node case_clause);

}  // namespace surefoot::semantics

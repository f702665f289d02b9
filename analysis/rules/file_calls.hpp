#pragma once
// Which functions of this file run which others of it: down from a piece of code, and up from a function.

#include <cstdint>
#include <functional>
#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The term of an expression, parentheses taken off; of a name that a function round this one binds once, what it
/// binds.
const semantics::Term& plain_term(Node expression, Context& context);

/// A function that a piece of code runs to its end (a coroutine: that it awaits) before it goes on.
struct Run {
  const semantics::UnitModel* unit = nullptr;
  const semantics::Function* function = nullptr;
  /// It is a method of the same object that the code is a method of (`self.f()`), or a function inside that code's own.
  bool same_object = false;

  bool operator==(const Run&) const = default;
  Node definition() const { return unit->unit->ast.node(function->node); }
};

/// What the node runs: a call, an attribute that is a property, a subscript, `in`. Nothing for what is not known, for
/// functions with decorators that may do anything, for coroutines that are not awaited here, and for generators (but
/// those that a `with` enters). The function may be one of another file.
std::optional<Run> run_at(Node node, Context& context);

/// What the node runs, when it is a function of another file of the project.
std::optional<Run> run_elsewhere(Node node, Context& context);

/// True when `visit` gives true for a node of the code that the function runs: its own, and that of the functions of
/// this file that it runs, at any depth. `same_object` is Run's, all the way down. `follow` false: what the node runs
/// is left out. Reads other units: for Rule::confirm.
using VisitRun = std::function<bool(Node node, Context& inside, bool same_object)>;
using Follow = std::function<bool(Node node, Context& inside)>;
bool any_in_run(const Run& first, Context& context, const VisitRun& visit, const Follow& follow = {});

/// Calls `visit(place, inside)` for each place of the file that names the function of the context's unit: `f`,
/// `self.f`. Reads other units: for Rule::confirm.
void for_each_name_of(const semantics::Function& function, Context& context,
                      const std::function<void(Node place, Context& inside)>& visit);

/// What counts as running a function: code that calls it; also code that names it among the arguments of a call, and
/// code round a lambda that calls it.
enum class Reach : std::uint8_t { calls, calls_and_handovers };

/// True when `test` holds for the function (a function_definition or lambda of the context's unit) or for one of this
/// file that runs it, at any depth; a method of a base that calls what the function overrides runs it as well. Reads
/// other units: for Rule::confirm.
using TestFunction = std::function<bool(Node function, Context& inside)>;
bool is_reached_from(Node function, Reach reach, Context& context, const TestFunction& test);

}  // namespace surefoot::rules

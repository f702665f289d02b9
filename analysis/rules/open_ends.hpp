#pragma once
// Ways out of a function that leave something open which one of its locals holds: a file, a response, a connection.

#include <functional>
#include <optional>
#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// What a condition gives where the local holds something: `local`, `local is None`, `not local`. Nothing for others.
std::optional<bool> holds_for_open(Node condition, std::string_view local);

/// True when the tree ends the matter: it closes, releases or gives back what the local holds.
using EndsIt = std::function<bool(Node tree)>;

enum class OpenEnd : std::uint8_t {
  never,       // nothing in the function ends it
  on_return,   // a way to the function's end misses what ends it
  on_raise,    // a `raise` of the function does
  on_failure,  // an error of a statement in between does
};

/// The first of these that holds behind `statement`, which binds the local; nothing when none does, or when the flow of
/// the function is not known. Tests whether the local holds anything are taken into account, and that what stands in a
/// `finally` before its end runs to there.
std::optional<OpenEnd> open_end(Node local, Node statement, const EndsIt& ends, Context& context);

}  // namespace surefoot::rules

#pragma once
// What a function does with one of its local names, statement by statement: whether code that is to move needs a value
// from outside, and whether one that it binds is used behind it. Where control flow is unclear a name counts as read.

#include <cstdint>
#include <string_view>

#include "analysis/syntax/ast.hpp"

namespace surefoot::fixes {

enum class NameEvent : std::uint8_t {
  none,  // neither, or bound on some paths only
  read,  // its value may be asked for
  set,   // bound, whatever path is taken, before it may be read
};

/// What happens first to a name in a statement (or expression).
NameEvent first_event(syntax::Node node, std::string_view name);

/// The same for the statements from `first` to `last`, siblings in one block.
NameEvent first_event(syntax::Node first, syntax::Node last, std::string_view name);

/// True when the value that a name has behind a statement may be read later in its function: behind it, in the next
/// round of a loop, in a nested function. `first` is where the statements that bind it start, `last` where they end.
bool is_read_behind(syntax::Node first, syntax::Node last, std::string_view name);

/// True when a parameter or a statement before this one binds the name, whatever path is taken.
bool is_set_before(syntax::Node statement, std::string_view name);

/// True when code between two statements reads the name, nested functions too.
bool is_read_in(syntax::Node node, std::string_view name);

/// False for identifiers that bind their name (targets of assignments, loops, `as`, imports, definitions, parameters)
/// and for the names of attributes and keyword arguments.
bool is_read(syntax::Node identifier);

/// The innermost function around a node; null when there is none.
syntax::Node function_around(syntax::Node node);

}  // namespace surefoot::fixes

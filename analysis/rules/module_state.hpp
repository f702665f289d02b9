#pragma once
// Values that a module keeps: its mutable names, and the code that changes them.

#include <optional>
#include <string>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The function or lambda round the identifier that has it for a name of its own (a parameter, a local); null when it
/// is one of the module.
Node owner_of_name(Node identifier, Context& context);

/// True for the name of a class that keeps what is put into it: `list`, `collections.deque`.
bool is_container_class(std::string_view name);

/// A change of something that a module keeps.
struct StateWrite {
  Node place;            // what is changed, as it is written: `counts[key]`, `counts`, `Stats.hits`
  Node name;             // the name of the module that it starts from: `counts`, `state.counts`
  Node value;            // what is assigned or put in; null when nothing is, or it is not seen
  bool rebinds = false;  // `global x` and then `x = …`; otherwise what the name holds is changed
};

/// What the node (an assignment, `+=`, `del`, a call) changes of the names of this module, or of others of the project:
/// a list, dictionary, set, deque or counter that is assigned at module level, `global` names, and numbers that a class
/// or another module keeps (`Stats.hits += 1`, `state.orders += 1`). Nothing for code outside of functions.
std::optional<StateWrite> state_write_at(Node node, Context& context);

/// What the node changes of the object whose method it stands in: a container in an attribute of `self`, or a number
/// there that it counts up. Nothing in constructors.
std::optional<StateWrite> object_write_at(Node node, Context& context);

/// True for the name of a method of containers that changes them: `append`.
bool changes_container(std::string_view method);

/// The name of a module, this one or another of the project, that holds an object of a class of the project, when the
/// call is one of a method of that; else null.
Node kept_object(Node call, Context& context);

}  // namespace surefoot::rules

#pragma once
// What an expression means, as far as its own unit can tell: a term over names that only the module, the project or the
// knowledge base can resolve ("the result of calling attribute `get` of what `client` is"). Terms depend on the unit's
// text alone, so they are made once a unit; semantics/resolve.hpp turns them into types.

#include <cstdint>
#include <string_view>

namespace surefoot::semantics {

using TermId = std::uint32_t;
/// Every unit's term 0: nothing is known.
inline constexpr TermId kUnknown = 0;
inline constexpr std::uint32_t kNoNode = UINT32_MAX;

enum class Op : std::uint8_t {
  unknown,
  none,          // the value None
  builtin,       // an instance of the builtin type `name`
  global,        // the module-level (or builtin) name `name`
  class_name,    // the name `name` in the body of class `container`, else the module's
  imported,      // what the dotted path `name` names; leading dots are relative to the module's package
  attribute,     // attribute `name` of a
  call,          // the result of calling a; `node` is the call
  await_,        // the result of awaiting a
  enter,         // what `with a as x` binds
  async_enter,   // what `async with a as x` binds
  item,          // what `for x in a` binds
  async_item,    // what `async for x in a` binds
  index,         // a[b]; `name` is the key when it is a literal string or number
  element,       // part number b of unpacking a
  list,          // list display; operands are its elements
  tuple,         // tuple display; operands are its elements
  dict,          // dict display; operands are its values
  join,          // any of the operands; `node` is the `a | b` that it was written as, if so
  instance,      // an instance of what the annotation a names
  annotated,     // an instance of what annotation a names; where that says nothing, b
  parameter,     // the parameter at `node`, with annotation a and default b (or kUnknown); where these say nothing,
                 // `name` is the one by which its function is called
  self,          // an instance of class `name` (path in the module) or of a class derived from it
  class_object,  // the class `name` (path in the module)
  function,      // function number b of the unit
  lambda,        // the lambda at `node`
  divide,        // a / b
  super,         // super() in class `name`
  partial,       // reserved for functools.partial
};

/// Which operands count depends on `op`. Views point into the unit's text or into static storage.
struct Term {
  Op op = Op::unknown;
  TermId a = kUnknown;
  TermId b = kUnknown;           // for list, tuple, dict and join: number of the operand list
  std::uint32_t node = kNoNode;  // index of the syntax node it came from, where that matters
  std::string_view name;
};

}  // namespace surefoot::semantics

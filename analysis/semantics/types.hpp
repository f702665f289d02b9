#pragma once
// What a value may be: the types that terms resolve to.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "analysis/knowledge/tables.hpp"
#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

struct Type;
class ModuleIndex;

/// Any of these; an empty set means that nothing is known. (A join with an unknown member is unknown.)
using TypeSet = std::vector<Type>;

/// Names the function that `contextmanager(f)` makes of a generator: an object whose `function` is `f`.
inline constexpr std::string_view kManagerOf = "<manager>";

struct Type {
  enum class Tag : std::uint8_t {
    none,       // the value None
    object,     // what `name` names: a module, class, function or method
    instance,   // an instance of class `name`
    awaitable,  // awaiting it gives arguments[0]
    lambda,     // the lambda at `node` of `unit`
  };

  Tag tag = Tag::none;
  bool assumed = false;  // a default that stands in for None: the caller may have given something else
  bool super = false;    // instance: attribute look-up starts behind the class itself
  /// Canonical qualified name ("requests.Session.get"). Classes made up for values that have no named type are written
  /// in angle brackets: "<iterable>", "<generator>", "<async-generator>", "<context-manager>",
  /// "<async-context-manager>".
  std::string_view name;
  const knowledge::Callable* callable = nullptr;  // object: what the tables say of calling it
  const UnitModel* unit = nullptr;                // function, lambda: where it stands
  const Function* function = nullptr;             // object: a function of the project
  const ModuleIndex* module = nullptr;            // object: a module of the project
  std::uint32_t node = kNoNode;
  std::shared_ptr<const std::vector<TypeSet>> arguments;  // of a generic; parts of a tuple; what awaiting gives

  bool is_object(std::string_view wanted) const { return tag == Tag::object && name == wanted; }
  bool is_instance(std::string_view wanted) const { return tag == Tag::instance && name == wanted; }
};

}  // namespace surefoot::semantics

#pragma once
// Everything one unit says by itself: a term for each of its expressions, the names it binds, its functions and
// classes. A pure function of the unit's text and of where it stands (the class it is a member of). Immutable; any
// thread.

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/semantics/term.hpp"
#include "analysis/syntax/units.hpp"

namespace surefoot::semantics {

enum class BindingKind : std::uint8_t { assignment, import, star_import, function, class_, other };

/// A name bound at module level, or in the body of a class (`container` is then the class's path in the module).
struct Binding {
  std::string_view name;  // for a star import: the module's path
  std::string container;
  BindingKind kind = BindingKind::assignment;
  TermId term = kUnknown;
  std::uint32_t node = kNoNode;
};

/// `self.name = value` in a method, or a class-level assignment.
struct AttributeBinding {
  std::string container;  // path of the class in the module
  std::string_view name;
  TermId term = kUnknown;
  std::uint32_t node = kNoNode;
};

struct Parameter {
  std::string_view name;
  TermId annotation = kUnknown;
  TermId default_value = kUnknown;
  std::uint32_t node = kNoNode;
  enum class Kind : std::uint8_t { normal, keyword_only, variadic, keywords } kind = Kind::normal;
};

struct Function {
  std::string_view name;
  std::string path;                   // in the module: "load", "Repo.fetch", "outer.<locals>.inner"
  std::string container;              // path of the class it is a method of, else empty
  std::uint32_t node = kNoNode;       // the function_definition
  std::uint32_t statement = kNoNode;  // the decorated_definition, or the same as `node`
  bool is_async = false;
  bool is_generator = false;
  std::vector<Parameter> parameters;
  std::vector<TermId> decorators;
  TermId returns = kUnknown;  // the annotation
  std::vector<TermId> returned;
  std::vector<TermId> yielded;
};

struct Class {
  std::string_view name;
  std::string path;
  std::uint32_t node = kNoNode;
  std::vector<TermId> bases;
  std::vector<TermId> decorators;
};

/// A set of names that may take a name for one of its own (about one in a hundred), and never denies one that it has.
class NameFilter {
 public:
  void add(std::string_view name);
  bool may_have(std::string_view name) const;

 private:
  std::array<std::uint64_t, 16> bits_ = {};
};

struct UnitModel {
  std::shared_ptr<const syntax::Unit> unit;
  std::string container;  // path of the class that the unit is a member of, else empty
  std::vector<Term> terms;
  std::vector<std::vector<TermId>> operands;
  std::vector<TermId> term_of_node;
  std::vector<Binding> bindings;
  std::vector<AttributeBinding> attributes;
  std::vector<Function> functions;
  std::vector<Class> classes;
  std::deque<std::string> strings;  // owns names that are not in the unit's text
  /// Of all that other units can see: bindings, attributes, classes and signatures, with no positions.
  std::uint64_t shape_hash = 0;

  /// All identifiers of the unit: looking here first keeps a search over all units short.
  NameFilter names;

  TermId term_of(syntax::Node node) const { return term_of_node[node.index()]; }
  /// The innermost function whose body holds the node; null at module or class level.
  const Function* function_around(syntax::Node node) const;
  const Function* function_at(std::uint32_t node) const;
};

/// Reads a unit. `container` is the path of the class that it is a member of ("" at the top level).
std::shared_ptr<const UnitModel> model_unit(std::shared_ptr<const syntax::Unit> unit, std::string container);

}  // namespace surefoot::semantics

#pragma once
// Everything one unit says by itself: a term for each of its expressions, the names it binds, its functions and
// classes. A pure function of the unit's text and of where it stands (the class it is a member of). Immutable; any
// thread.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/semantics/reads.hpp"
#include "analysis/semantics/term.hpp"
#include "analysis/syntax/units.hpp"
#include "analysis/text/once.hpp"

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

/// Where attributes that are set on other objects than `self` stand among those of the classes.
inline constexpr std::string_view kOnOthers = "<others>";

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

/// Something that other units can see, by hashes of its names.
struct Declaration {
  std::uint64_t name = 0;       // NameFilter::hash
  std::uint64_t container = 0;  // of the last part of the path of the class that it belongs to; 0 when it has none
  std::uint64_t content = 0;    // of what it is: equal when nothing changed but places
  enum class Kind : std::uint8_t { value, attribute, function, class_, import } kind = Kind::value;  // of an object
  bool is_special = false;  // "__call__": looked for where nobody writes it
  bool operator==(const Declaration&) const = default;
};

/// A call of a function by its plain name, or of a method of the same object, with arguments: these say what parameters
/// are of which the function itself says nothing.
struct Handing {
  std::uint64_t to = 0;       // parameters_of the name that is called
  std::uint64_t content = 0;  // of what is called and what the arguments are: positions do not count
  std::uint32_t call = kNoNode;
};

/// A call by which a function of the file may get to know what its parameters are.
struct HandedCall {
  std::string_view to;  // handed_to of semantics/shape.hpp
  std::uint32_t call = kNoNode;
};

/// Stands among hashes of names for the parameters of the functions that are called by this name (a hash).
constexpr std::uint64_t parameters_of(std::uint64_t name) { return ~name; }

/// Stands among hashes of names for what objects have by this name (a hash): no name of a module is meant behind a dot.
constexpr std::uint64_t members_of(std::uint64_t name) { return name ^ 0x9e3779b97f4a7c15; }

/// A set of names that may take a name for one of its own (about one in a hundred), and never denies one that it has.
class NameFilter {
 public:
  void add(std::string_view name) { add(hash(name)); }
  void add(std::uint64_t hash);
  /// Each part of a dotted path.
  void add_parts(std::string_view path);
  bool may_have(std::string_view name) const { return may_have(hash(name)); }
  bool may_have(std::uint64_t hash) const;
  /// What is asked for when one name is looked for in many sets.
  static std::uint64_t hash(std::string_view name);

 private:
  std::array<std::uint64_t, 16> bits_ = {};
};

/// A set of names by their hashes (NameFilter::hash), which are certain enough: in a file of many thousand units, the
/// few mistakes of a NameFilter add up.
class NameHashes {
 public:
  void add(std::string_view name) { add(NameFilter::hash(name)); }
  void add(std::uint64_t hash) { hashes_.push_back(hash); }
  /// Each part of a dotted path.
  void add_parts(std::string_view path);
  /// To be called once all are added.
  void close();
  bool has(std::uint64_t hash) const;

 private:
  std::vector<std::uint64_t> hashes_;  // sorted by close()
};

/// What others can see of a unit, with no positions.
struct UnitShape {
  /// Bindings, attributes, classes and signatures.
  std::vector<Declaration> declared;
  std::uint64_t hash = 0;
  /// The names that `declared` depends on.
  NameHashes declared_by;
  std::vector<Handing> handings;
  /// The names that `handings` depend on.
  NameHashes handed_by;
};

struct UnitModel {
  UnitCode unit;
  std::string container;   // path of the class that the unit is a member of, else empty
  std::uint64_t file = 0;  // ModuleIndex::key of the module, whatever its version
  std::vector<Term> terms;
  std::vector<std::vector<TermId>> operands;
  std::vector<TermId> term_of_node;
  std::vector<Binding> bindings;
  std::vector<AttributeBinding> attributes;
  /// What code puts into the lists and dicts that attributes, or names of the module (which have no container), are:
  /// `self.jobs.append(job)`, `JOBS[name] = job`.
  std::vector<AttributeBinding> fills;
  std::vector<Function> functions;
  std::vector<Class> classes;
  std::vector<HandedCall> handed;
  std::vector<std::unique_ptr<const std::string>> strings;  // owns names that are not in the unit's text
  /// The functions, as parameters_of their names, that say nothing of some parameter.
  std::vector<std::uint64_t> receives;

  /// All identifiers of the unit, the names of the classes around it, and what it `receives`: looking here first keeps
  /// a search over all units short.
  NameFilter names;

  TermId term_of(syntax::Node node) const { return term_of_node[node.index()]; }
  /// The innermost function whose body holds the node; null at module or class level.
  const Function* function_around(syntax::Node node) const;
  const Function* function_at(std::uint32_t node) const;
  /// Found out when somebody asks.
  const UnitShape& shape() const;

 private:
  mutable text::Once described_;
  mutable std::unique_ptr<const UnitShape> shape_;
};

/// Reads a unit. `container` is the path of the class that it is a member of ("" at the top level), `file` the
/// ModuleIndex::key of its module.
std::shared_ptr<const UnitModel> model_unit(std::shared_ptr<const syntax::Unit> unit, std::string container,
                                            std::uint64_t file);

}  // namespace surefoot::semantics

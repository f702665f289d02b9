#pragma once
// One module's names: what each is bound to, and its classes with their attributes and methods, over all units. Made
// anew for each version of a file, from the models of that version, which it keeps alive. Immutable; any thread.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

/// A term and the unit it belongs to.
struct TermRef {
  const UnitModel* unit = nullptr;
  TermId term = kUnknown;
  BindingKind kind = BindingKind::assignment;
  std::uint32_t node = kNoNode;
};

struct FunctionRef {
  const UnitModel* unit = nullptr;
  const Function* function = nullptr;
};

struct ClassEntry {
  const UnitModel* unit = nullptr;
  const Class* definition = nullptr;
  std::unordered_map<std::string_view, std::vector<TermRef>> attributes;  // class-level and self. ones
  std::unordered_map<std::string_view, std::vector<TermRef>> fills;       // UnitModel::fills
};

class ModuleIndex;

/// Of a version of a file: equal for versions that declare the same, which is names, attributes, classes, signatures,
/// and what is handed to parameters on which these depend. Positions do not count. Found out when somebody asks, or
/// when the version goes while somebody keeps this. Any thread.
class Shape {
 public:
  explicit Shape(const ModuleIndex& module) : module_(&module) {}
  std::uint64_t value() const;

 private:
  const ModuleIndex* module_;  // alive until the value is found
  mutable text::Once found_;
  mutable std::uint64_t value_ = 0;
};

/// Names of modules, to be asked about many times: keep them in a `static const`.
class ModuleNames {
 public:
  ModuleNames(std::initializer_list<std::string_view> names);

 private:
  friend class ModuleIndex;
  std::vector<std::uint64_t> hashes_;
};

class ModuleIndex {
 public:
  /// `path`: of the file, relative to the project's root ("app/db.py"). `location`: names the file among all that are
  /// looked at ("/home/me/shop/app/db.py"); the path when there is no disk.
  ModuleIndex(std::string path, std::vector<std::shared_ptr<const UnitModel>> units, std::string location = {});
  ~ModuleIndex();
  ModuleIndex(const ModuleIndex&) = delete;
  ModuleIndex& operator=(const ModuleIndex&) = delete;

  const std::string& path() const { return path_; }
  const std::string& location() const { return location_; }
  /// The hash of the location: project::module_key.
  std::uint64_t key() const { return key_; }
  /// Its dotted name by its path ("app.db"), whatever its importers call it. One that the tables of libraries know is
  /// written "<project>.logging", so that nothing is taken for theirs.
  const std::string& name() const { return name_; }
  /// True when its file is an `__init__.py`.
  bool is_package() const { return is_package_; }
  const std::vector<std::shared_ptr<const UnitModel>>& units() const { return units_; }
  std::uint64_t shape() const { return shape_->value(); }
  const std::shared_ptr<const Shape>& shape_later() const { return shape_; }
  /// All values that a module-level name may have; null when the module does not bind it. Recorded (Reads).
  const std::vector<TermRef>* find(std::string_view name) const;
  /// By path in the module ("Repo", "Outer.Inner"); null when there is none. Recorded (Reads).
  const ClassEntry* find_class(std::string_view path) const;
  /// The values that code of the module sets an attribute of this name to, on objects other than `self`
  /// (`app.state.cache = …`); `node` of each is the attribute. Null when there are none. Recorded (Reads).
  const std::vector<TermRef>* set_on_others(std::string_view attribute) const;
  /// Modules whose names were imported with `*`, in order.
  const std::vector<std::string_view>& star_imports() const { return star_imports_; }
  /// True when the module imports this module, or something of it, outside of functions.
  bool imports(std::string_view module) const;
  bool imports_any(const ModuleNames& modules) const;
  /// "from .db import x" in app.main -> "app.db.x"; absolute paths come back as they are, and so do those that lead out
  /// of the project's root.
  std::string absolute(std::string_view path) const;

 private:
  friend class Resolver;  // which looks for names that are written somewhere
  const std::vector<TermRef>* look_up(std::string_view name) const;
  const ClassEntry* look_up_class(std::string_view path) const;
  /// What the module puts into the lists and dicts of this name; null when there is nothing.
  const std::vector<TermRef>* look_up_fills(std::string_view name) const;

  std::string path_;
  std::string location_;
  std::uint64_t key_;
  std::string dotted_;
  std::string name_;
  bool is_package_;
  std::vector<std::shared_ptr<const UnitModel>> units_;
  std::shared_ptr<const Shape> shape_;
  std::unordered_map<std::string_view, std::vector<TermRef>> names_;
  std::unordered_map<std::string_view, std::vector<TermRef>> fills_;  // of module-level names
  std::unordered_map<std::string_view, ClassEntry> classes_;
  std::vector<std::string_view> star_imports_;
  std::vector<std::uint64_t> imported_;  // modules and what is imported of them: NameFilter::hash of paths, sorted
  NameFilter may_import_;                // the same, for a first look: most of what is asked about is not there
};

/// "app/db.py" -> "app.db", "app/__init__.py" -> "app", "src/app/db.py" -> "app.db".
std::string module_name(std::string_view path);

}  // namespace surefoot::semantics

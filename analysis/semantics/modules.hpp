#pragma once
// The other files of the project, as the resolver asks for them. project/ answers.

#include <cstddef>
#include <string_view>

namespace surefoot::semantics {

class ModuleIndex;

/// Immutable; any thread.
class Modules {
 public:
  virtual ~Modules() = default;

  struct Found {
    const ModuleIndex* module = nullptr;
    std::size_t length = 0;  // of the part of the dotted path that names it
  };
  /// The first file that importing the absolute path `dotted` in module `from` runs: for "app.db.Repo" the package
  /// `app`, or `app.db` where `app` is a folder without `__init__.py`. No module when it is no file of the project.
  virtual Found find(const ModuleIndex& from, std::string_view dotted) const = 0;
  /// The same for `dotted` below a package: for "db.Repo" in `app` the module `app.db`. Where `db` is a folder without
  /// `__init__.py`, for "db.repo.Repo" the module `app.db.repo`, and for "db" none, but its length.
  virtual Found submodule(const ModuleIndex& package, std::string_view dotted) const = 0;
};

}  // namespace surefoot::semantics

#pragma once
// Which methods a call may run beside the one that the type of its object names. Internal to project/.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// The qualified name of the class that defines the method.
std::string class_of(const semantics::FunctionRef& method, const semantics::Resolver& resolver);

/// True for a method of an abstract class or protocol that leaves what it does to the classes derived from it.
bool is_abstract(const semantics::FunctionRef& method, semantics::Resolver& resolver);

/// True for a class of the project that says of no base what it is, but for other such classes: methods which it calls
/// on itself and does not have are those of the classes that it is mixed into.
bool is_mixin(std::string_view name, semantics::Resolver& resolver);

/// What is called; of `Storage | Disk` with a protocol or abstract class among them, the method of the only one that
/// has code. Null when it is not known, or one of several.
const semantics::Type* callee_in(const semantics::TypeSet& types, semantics::Resolver& resolver);

/// What an abstract method may run: the methods of the classes derived from its own in its own file.
std::vector<semantics::FunctionRef> implementations(const semantics::FunctionRef& method,
                                                    semantics::Resolver& resolver);

/// What classes have instead of methods of those that they derive from. Keeps what it found; one thread at a time.
class Overrides {
 public:
  explicit Overrides(semantics::Resolver& resolver) : resolver_(resolver) {}

  /// What the class, and those between it and the owner, have instead of methods of the owner, or in the place of
  /// methods that the owner, a mixin, has not. Sorted by name.
  const std::vector<Override>& of(const std::string& name, const std::string& owner);

 private:
  void add(std::string_view name, const semantics::Type& owner, bool others, std::size_t depth,
           std::vector<Override>& into);

  semantics::Resolver& resolver_;
  std::map<std::pair<std::string, std::string>, std::vector<Override>> known_;  // by class and owner
};

}  // namespace surefoot::project

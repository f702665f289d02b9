#pragma once
// What of a file has to be looked at again in its next version: the units that came and went, and those that see
// something of them. A unit sees of others what they declare, by names: those in its own code, and those on which what
// it finds there depends in turn. It also sees what they hand to its functions, by the names of these. Internal to
// engine/.

#include <cstdint>
#include <vector>

#include "analysis/project/module.hpp"
#include "analysis/semantics/reads.hpp"

namespace surefoot::engine {

class Changes {
 public:
  /// Everything has to be looked at.
  Changes() = default;
  /// `after` was made from `before`.
  Changes(const project::Module& before, const project::Module& after);

  bool all() const { return all_; }
  /// True when other things are declared than before, or handed to functions that say nothing of their parameters.
  bool declared() const { return declared_; }
  /// True when other files may see some of that.
  bool seen_by_others() const { return all_ || shape_; }
  /// True for a unit of `after` that is as it was, and in which something may mean another thing now. `asked`: what the
  /// rules asked for when they went over it.
  bool affects(std::size_t unit, const semantics::Reads& asked) const {
    return all_ || (declared_ &&
                    (affected_[unit] || asked.is_everything() || asked.is_declarations() || asked.has_name_of(names_)));
  }
  /// True when an answer that was made from this may be another one now.
  bool may_touch(const semantics::Reads& reads) const;

 private:
  void find_units(const project::Module& before, const project::Module& after);
  void find_handings(const project::Module& before, const project::Module& after);
  void find_names(const project::Module& before, const project::Module& after);
  void spread(const project::Module& after);
  void add(const semantics::Declaration& declaration, bool with_class);
  void add(std::uint64_t name);
  void add_parameters(std::uint64_t function);
  void follow(std::uint64_t dependency);
  /// Of the dependencies from this number on.
  bool has_some(const semantics::NameHashes& names, std::size_t from) const;

  bool all_ = true;
  bool declared_ = false;
  bool shape_ = false;
  std::vector<const semantics::UnitModel*> came_;  // changed units are here and there
  std::vector<const semantics::UnitModel*> went_;
  std::vector<std::uint64_t> names_;     // what may mean something else, as hashes
  std::vector<std::uint64_t> followed_;  // the same where it tells what depends on it: names, members, parameters
  std::vector<bool> affected_;           // by the units of `after`
  std::vector<const semantics::UnitModel*> affected_units_;
};

}  // namespace surefoot::engine

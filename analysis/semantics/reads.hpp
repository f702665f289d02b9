#pragma once
// What an answer about a file was made from, so that it can be kept until some of that changes. While somebody records,
// reading the code of a unit is written down by itself (UnitCode); who goes over the units of a file says what for.
// What a unit declares, and what depends on it by the names that stand in the code, is left to who keeps the answer
// (engine/changes.hpp).

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/syntax/units.hpp"

namespace surefoot::semantics {

struct UnitModel;

/// One thread at a time.
class Reads {
 public:
  /// The code of this unit.
  void unit(const syntax::Unit* unit) {
    if (unit != last_) add_unit(unit);  // code is read node by node
  }
  /// All units that have the identifier, those to come included.
  void name(std::string_view name);
  /// All units that are no definitions of functions and classes.
  void statements() { statements_ = true; }
  /// The functions inside of functions, of all units: the others are declared.
  void local_functions() { local_functions_ = true; }
  /// All that the units declare.
  void declarations() { declarations_ = true; }
  /// All of the file.
  void everything() { everything_ = true; }

  bool is_everything() const { return everything_; }
  bool is_declarations() const { return declarations_; }
  /// True when one of these (hashes) was asked for.
  bool has_name_of(const std::vector<std::uint64_t>& names) const;
  /// True when the answer may be another one once this unit has come or gone.
  bool may_touch(const UnitModel& unit) const;

  /// The reads that this thread records now; null when nobody does.
  static Reads* current() { return current_; }

  /// Records into `reads` while it lives.
  class Recording {
   public:
    explicit Recording(Reads& reads) : before_(current_) { current_ = &reads; }
    ~Recording() { current_ = before_; }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

   private:
    Reads* before_;
  };

 private:
  void add_unit(const syntax::Unit* unit);

  static constinit inline thread_local Reads* current_ = nullptr;

  const syntax::Unit* last_ = nullptr;
  std::vector<const syntax::Unit*> units_;  // borrowed: compared, never looked into
  std::vector<std::uint64_t> names_;        // hashes (NameFilter::hash)
  bool statements_ = false;
  bool local_functions_ = false;
  bool declarations_ = false;
  bool everything_ = false;
};

/// The code behind a model. Looking into it is recorded.
class UnitCode {
 public:
  UnitCode() = default;
  UnitCode(std::shared_ptr<const syntax::Unit> unit)  // NOLINT(google-explicit-constructor)
      : unit_(std::move(unit)) {}

  const syntax::Unit* operator->() const {
    if (Reads* reads = Reads::current()) reads->unit(unit_.get());
    return unit_.get();
  }
  /// Names the unit, without a look into it.
  const syntax::Unit* get() const { return unit_.get(); }

 private:
  std::shared_ptr<const syntax::Unit> unit_;
};

}  // namespace surefoot::semantics

#include "analysis/semantics/reads.hpp"

#include <algorithm>

#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {
namespace {

// So many units are as good as all.
constexpr std::size_t kMaxUnits = 256;

bool has_local_functions(const UnitModel& unit) {
  return std::any_of(unit.functions.begin(), unit.functions.end(),
                     [](const Function& one) { return one.path.find("<locals>") != std::string::npos; });
}

}  // namespace

void Reads::add_unit(const syntax::Unit* unit) {
  last_ = unit;
  if (everything_ || std::find(units_.begin(), units_.end(), unit) != units_.end()) return;
  units_.push_back(unit);
  if (units_.size() > kMaxUnits) everything();
}

void Reads::name(std::string_view name) {
  const std::uint64_t hash = NameFilter::hash(name);
  if (std::find(names_.begin(), names_.end(), hash) == names_.end()) names_.push_back(hash);
}

bool Reads::has_name_of(const std::vector<std::uint64_t>& names) const {
  return std::any_of(names.begin(), names.end(),
                     [&](std::uint64_t name) { return std::find(names_.begin(), names_.end(), name) != names_.end(); });
}

bool Reads::may_touch(const UnitModel& unit) const {
  if (everything_) return true;
  if (std::find(units_.begin(), units_.end(), unit.unit.get()) != units_.end()) return true;
  if (std::any_of(names_.begin(), names_.end(), [&](std::uint64_t name) { return unit.names.may_have(name); })) {
    return true;
  }
  return (statements_ && !syntax::is_definition(*unit.unit.get())) || (local_functions_ && has_local_functions(unit));
}

}  // namespace surefoot::semantics

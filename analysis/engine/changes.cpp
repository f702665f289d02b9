#include "analysis/engine/changes.hpp"

#include <algorithm>
#include <tuple>

#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

using semantics::Declaration;
using semantics::Handing;
using semantics::members_of;
using semantics::parameters_of;
using semantics::UnitModel;

// With more names than this, looking for those that see them costs as much as looking at all.
constexpr std::size_t kMaxNames = 64;

std::vector<Declaration> declarations_of(const std::vector<const UnitModel*>& units) {
  std::vector<Declaration> all;
  for (const UnitModel* unit : units) {
    const std::vector<Declaration>& declared = unit->shape().declared;
    all.insert(all.end(), declared.begin(), declared.end());
  }
  return all;
}

std::vector<Handing> handings_of(const std::vector<const UnitModel*>& units) {
  std::vector<Handing> all;
  for (const UnitModel* unit : units) {
    const std::vector<Handing>& handings = unit->shape().handings;
    all.insert(all.end(), handings.begin(), handings.end());
  }
  return all;
}

bool is_before(const Handing& one, const Handing& other) {
  return std::tie(one.to, one.content) < std::tie(other.to, other.content);
}

bool receives(const project::Module& module, std::uint64_t parameters) {
  return std::any_of(module.models.begin(), module.models.end(), [&](const auto& unit) {
    return std::find(unit->receives.begin(), unit->receives.end(), parameters) != unit->receives.end();
  });
}

bool same_declarations(const project::Module& before, const project::Module& after) {
  const auto hash_of = [](const project::Module& module) {
    text::Hasher hash;
    for (const auto& unit : module.models) {
      if (!unit->shape().declared.empty()) hash.add(unit->shape().hash);
    }
    return hash.value();
  };
  return hash_of(before) == hash_of(after);
}

auto key_of(const Declaration& one) { return std::tie(one.name, one.container, one.kind, one.content); }

bool comes_before(const Declaration& one, const Declaration& other) { return key_of(one) < key_of(other); }

bool has_named(const std::vector<Declaration>& all, const Declaration& wanted) {
  return std::any_of(all.begin(), all.end(), [&](const Declaration& one) {
    return one.name == wanted.name && one.container == wanted.container;
  });
}

// What depends on what an object keeps is told by the attribute's name; what else is seen of a class is its own.
bool is_seen_in_class(const Declaration& one) {
  return one.kind != Declaration::Kind::function && one.kind != Declaration::Kind::attribute;
}

}  // namespace

Changes::Changes(const project::Module& before, const project::Module& after) : all_(false) {
  find_units(before, after);
  shape_ = before.index->shape() != after.index->shape();
  if (all_) return;
  find_handings(before, after);
  declared_ = shape_ || !names_.empty();
  if (!declared_) return;
  if (shape_) find_names(before, after);
  if (!all_) spread(after);
}

void Changes::find_units(const project::Module& before, const project::Module& after) {
  std::size_t next = 0;  // the first unit of `before` that is not accounted for
  for (std::size_t i = 0; i < after.models.size() && !all_; ++i) {
    const std::uint32_t previous = after.units.units[i].previous;
    if (previous == syntax::kNew || before.models[previous] != after.models[i]) {
      came_.push_back(after.models[i].get());
      continue;
    }
    all_ = previous < next;  // the units have changed places
    for (; next < previous; ++next) went_.push_back(before.models[next].get());
    ++next;
  }
  for (; next < before.models.size(); ++next) went_.push_back(before.models[next].get());
}

// What is handed to a function matters when it says nothing of its parameters itself.
void Changes::find_handings(const project::Module& before, const project::Module& after) {
  std::vector<Handing> came = handings_of(came_), went = handings_of(went_), differ;
  std::sort(came.begin(), came.end(), is_before);
  std::sort(went.begin(), went.end(), is_before);
  std::set_symmetric_difference(came.begin(), came.end(), went.begin(), went.end(), std::back_inserter(differ),
                                is_before);
  for (const Handing& one : differ) {
    if (receives(before, one.to) || receives(after, one.to)) add_parameters(one.to);
  }
}

void Changes::find_names(const project::Module& before, const project::Module& after) {
  std::vector<Declaration> came = declarations_of(came_), went = declarations_of(went_), differ;
  std::sort(came.begin(), came.end(), comes_before);
  std::sort(went.begin(), went.end(), comes_before);
  std::set_symmetric_difference(came.begin(), came.end(), went.begin(), went.end(), std::back_inserter(differ),
                                comes_before);
  all_ = differ.empty() && !same_declarations(before, after);  // the same in another order
  for (const Declaration& one : differ) {
    const bool both = has_named(came, one) && has_named(went, one);
    add(one, !both || one.kind != Declaration::Kind::function);
    if (receives(after, parameters_of(one.name)))
      add_parameters(parameters_of(one.name));  // other calls may be meant for it now
    all_ = all_ || one.is_special || one.kind == Declaration::Kind::import;
  }
}

// A class changes with what it has; what a function gives is seen where it is called.
void Changes::add(const Declaration& declaration, bool with_class) {
  const bool is_member = declaration.container != 0;
  if (declaration.kind != Declaration::Kind::attribute) follow(declaration.name);
  if (is_member) follow(members_of(declaration.name));
  add(declaration.name);
  if (is_member && with_class) {
    follow(declaration.container);
    follow(members_of(declaration.container));
    add(declaration.container);
  }
}

void Changes::add(std::uint64_t name) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  all_ = all_ || names_.size() > kMaxNames;
}

void Changes::follow(std::uint64_t dependency) {
  if (std::find(followed_.begin(), followed_.end(), dependency) == followed_.end()) followed_.push_back(dependency);
}

void Changes::add_parameters(std::uint64_t function) {
  follow(function);
  add(function);
}

bool Changes::has_some(const semantics::NameHashes& names, std::size_t from) const {
  return std::any_of(followed_.begin() + static_cast<std::ptrdiff_t>(from), followed_.end(),
                     [&](std::uint64_t name) { return names.has(name); });
}

// What is declared by the names, or handed over, becomes one of them.
void Changes::spread(const project::Module& after) {
  std::vector<bool> declares(after.models.size()), hands(after.models.size());
  for (std::size_t done = 0, end = 0; done < followed_.size() && !all_; done = end) {
    end = followed_.size();
    for (std::size_t i = 0; i < after.models.size(); ++i) {
      const semantics::UnitShape& unit = after.models[i]->shape();
      if (!declares[i] && !unit.declared.empty() && has_some(unit.declared_by, done)) {
        declares[i] = true;
        for (const Declaration& one : unit.declared) add(one, is_seen_in_class(one));
      }
      if (!hands[i] && !unit.handings.empty() && has_some(unit.handed_by, done)) {
        hands[i] = true;
        for (const Handing& one : unit.handings) {
          if (receives(after, one.to)) add_parameters(one.to);
        }
      }
    }
  }
  affected_.resize(after.models.size());
  for (std::size_t i = 0; i < after.models.size() && !all_; ++i) {
    const semantics::NameFilter& names = after.models[i]->names;
    affected_[i] = std::any_of(names_.begin(), names_.end(), [&](std::uint64_t name) { return names.may_have(name); });
    if (affected_[i]) affected_units_.push_back(after.models[i].get());
  }
}

bool Changes::may_touch(const semantics::Reads& reads) const {
  if (all_ || reads.is_everything() || (declared_ && (reads.is_declarations() || reads.has_name_of(names_)))) {
    return true;
  }
  const auto touches = [&](const UnitModel* unit) { return reads.may_touch(*unit); };
  return std::any_of(came_.begin(), came_.end(), touches) || std::any_of(went_.begin(), went_.end(), touches) ||
         std::any_of(affected_units_.begin(), affected_units_.end(), touches);
}

}  // namespace surefoot::engine

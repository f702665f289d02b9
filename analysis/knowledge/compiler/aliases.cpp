#include "analysis/knowledge/compiler/aliases.hpp"

#include "analysis/knowledge/compiler/names.hpp"

namespace surefoot::knowledge::compiler {
namespace {

std::string place_text(const Place& place) { return place.file + ":" + std::to_string(place.line); }

}  // namespace

Aliases::Aliases(const std::vector<AliasRecord>& records, std::vector<Problem>& problems) {
  for (const AliasRecord& record : records) {
    const auto [entry, added] = by_name_.emplace(record.name, record);
    if (!added) {
      problems.push_back({record.place, "`" + record.name + "` is already an alias of `" + entry->second.of + "` (" +
                                            place_text(entry->second.place) + ")"});
    }
  }
  for (const AliasRecord& record : records) {
    if (is_under(record.of, record.name)) {
      problems.push_back({record.place, "`" + record.name + "` stands for something below itself"});
      by_name_.erase(record.name);
    } else if (by_name_.contains(record.of)) {
      problems.push_back({record.place, "`" + record.of + "` is itself an alias; write `" +
                                            by_name_.find(record.of)->second.of + "`"});
      by_name_.erase(record.name);
    }
  }
  for (const AliasRecord& implied : closed()) by_name_.emplace(implied.name, implied);
}

std::string Aliases::canonical(std::string_view name) const {
  for (std::size_t end = name.size(); end != std::string_view::npos && end != 0;) {
    const auto found = by_name_.find(name.substr(0, end));
    if (found != by_name_.end()) return found->second.of + std::string(name.substr(end));
    end = name.rfind('.', end - 1);
  }
  return std::string(name);
}

std::vector<AliasRecord> Aliases::closed() const {
  std::map<std::string, AliasRecord, std::less<>> all = by_name_;
  for (const auto& [name, first] : by_name_) {
    for (auto second = by_name_.lower_bound(first.of + "."); second != by_name_.end(); ++second) {
      if (!is_under(second->first, first.of)) break;
      // `p.inner` for `p` is a package that gives out what its modules hold; nobody goes through one to another.
      if (is_under(name, first.of) && is_under(second->first, second->second.of)) continue;
      AliasRecord implied = second->second;
      implied.name = name + second->first.substr(first.of.size());
      all.emplace(implied.name, implied);
    }
  }
  std::vector<AliasRecord> sorted;
  for (const auto& [name, record] : all) sorted.push_back(record);
  return sorted;
}

}  // namespace surefoot::knowledge::compiler

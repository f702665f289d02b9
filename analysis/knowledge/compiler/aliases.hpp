#pragma once
// The aliases of all files as one map from longer spellings to canonical ones.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/compiler/records.hpp"

namespace surefoot::knowledge::compiler {

class Aliases {
 public:
  /// Reports aliases that are given twice, stand for an alias, or stand for themselves.
  Aliases(const std::vector<AliasRecord>& records, std::vector<Problem>& problems);

  /// The name with its longest aliased prefix replaced; itself when there is none.
  std::string canonical(std::string_view name) const;
  bool covers(std::string_view name) const { return canonical(name) != name; }

  /// Sorted by name, together with the aliases that follow from two: `a` for `b` and `b.X` for `c.X` give `a.X`.
  std::vector<AliasRecord> closed() const;

 private:
  std::map<std::string, AliasRecord, std::less<>> by_name_;
};

}  // namespace surefoot::knowledge::compiler

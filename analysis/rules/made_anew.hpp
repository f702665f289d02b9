#pragma once
// What a function makes each time it runs, though once would do.

#include <cstdint>
#include <set>

#include "analysis/rules/local_names.hpp"

namespace surefoot::rules {

/// The outermost function definition round the node; null outside of functions.
Node definition_round(Node node, Context& context);

/// What expressions of a function take from its call.
class Dependence {
 public:
  enum class Self : std::uint8_t { another, same };  // what attributes of `self` are in the next call
  Dependence(Node function, Context& context, Self self = Self::another)
      : names_(function), context_(context), self_(self) {}

  /// True when the value may be another one in each call: it comes from a parameter, an `await`, a call that is not
  /// known to give the same.
  bool depends(Node expression);
  /// True when it names a local.
  bool mentions_local(Node expression) const;
  bool is_local(Node identifier) const { return names_.find(identifier) != LocalNames::kNone; }
  const LocalNames& names() const { return names_; }

 private:
  bool depends_local(std::uint32_t number);

  LocalNames names_;
  Context& context_;
  Self self_;
  std::set<std::uint32_t> asked_;
};

/// True when what the call makes outlives its function: it goes to a global, an attribute, a dictionary.
bool is_kept(Node call, const Dependence& names);

}  // namespace surefoot::rules

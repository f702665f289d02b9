#pragma once
// The locals of a function and of the functions nested in it: who owns each name, where it is bound and where it is
// read. (Python reference, 4.2.2; classes inside functions own the names that their bodies bind.)

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct Local {
  Node owner;  // the function, lambda, class or comprehension
  std::string_view name;
  bool is_parameter = false;
  std::vector<Node> bindings;  // identifiers, in the order of the text; parameters left out
  std::vector<Node> reads;
};

/// Borrows the unit of `function`, a function_definition. Walks it once.
class LocalNames {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit LocalNames(Node function);
  /// The number of the local that an identifier stands for; kNone for globals, builtins, attributes and keywords.
  std::uint32_t find(Node identifier) const;
  const Local& local(std::uint32_t number) const { return locals_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(locals_.size()); }

 private:
  struct Names {
    std::unordered_map<std::string_view, std::uint32_t> own;
    std::unordered_map<std::string_view, bool> global;
  };
  void add_scope(Node node);
  void add_parameters(Node scope, Names& names);
  void add_name(Node scope, Names& names, std::string_view name, bool is_parameter);
  std::uint32_t owner_of(Node identifier) const;

  Node function_;
  std::unordered_map<std::uint32_t, Names> scopes_;
  std::vector<Local> locals_;
  std::unordered_map<std::uint32_t, std::uint32_t> of_identifier_;
};

/// The expression that the identifier `binding` is given as it stands (`x = v`, `x := v`, `x, y = v, w`); null where it
/// gets its value in another way: by a loop, a `with`, an unpacked call, `+=`.
Node bound_value(Node binding);

}  // namespace surefoot::rules

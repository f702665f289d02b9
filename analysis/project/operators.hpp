#pragma once
// Methods of the project's classes that run where nobody writes a call of them: `prices[key]`, `key in prices`,
// `len(prices)`, `f"{prices}"`. Internal to project/.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {

/// A method that runs at a node, and the expression whose value has it.
struct Special {
  syntax::Node value;
  semantics::FunctionRef method;
  Runs runs = Runs::body;
};

/// What is done to the value of an expression that may be assigned to.
struct Use {
  bool reads = false;
  bool assigns = false;
  bool deletes = false;
};
/// `node` is an attribute or a subscript.
Use use_of(syntax::Node node);

/// True for builtins that go through what they are given only when somebody goes through them: `enumerate`, `map`.
bool is_lazy(std::string_view builtin);

/// True for a builtin that calls the argument which it is given there (Python library reference, "Built-in Functions").
/// `keyword` is empty for one that is given by position.
bool calls_argument(std::string_view builtin, std::string_view keyword, std::uint32_t position);

/// One unit; one thread at a time.
class Operators {
 public:
  Operators(const semantics::UnitModel& unit, semantics::Resolver& resolver) : unit_(unit), resolver_(resolver) {}

  /// What runs at this very node, not at those in it. Loops are left out: see iteration().
  const std::vector<Special>& at(syntax::Node node);
  /// What going through the value of an expression runs, by itself or by a builtin such as `enumerate` round it.
  const std::vector<Special>& iteration(syntax::Node iterable);

 private:
  using Names = std::initializer_list<std::string_view>;

  void subscript(syntax::Node node);
  void comparison(syntax::Node node);
  void binary(syntax::Node node, std::string_view symbol, bool in_place);
  void builtin(syntax::Node call);
  void truth(syntax::Node value);
  void contains(syntax::Node value);
  void iterate(syntax::Node value);
  void unpacked(syntax::Node assignment);
  bool first_of(syntax::Node value, Names names, Runs runs = Runs::body);
  void either(syntax::Node left, std::string_view name, syntax::Node right, std::string_view reflected);
  bool is_builtin(syntax::Node call, std::string_view name);

  const semantics::UnitModel& unit_;
  semantics::Resolver& resolver_;
  std::vector<Special> found_;
};

}  // namespace surefoot::project

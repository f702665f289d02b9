#pragma once
// The scopes of a unit while it is being read: which names are local where (Python reference, 4.2.2), and what each
// local holds at the point reached. Internal to semantics/.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/semantics/term.hpp"
#include "analysis/syntax/ast.hpp"

namespace surefoot::semantics {

inline constexpr TermId kUnbound = UINT32_MAX;

/// The value of each local, by slot, at one point of the program.
using State = std::vector<TermId>;

/// Names, numbered from 0 in the order in which they come. A function has few of them, which are looked through; many
/// get a table. The names are borrowed.
class Slots {
 public:
  std::optional<std::uint32_t> find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  /// The number of the name, a new one where it had none.
  std::uint32_t add(std::string_view name);
  /// The name has no number any more, and nothing else gets that.
  void erase(std::string_view name);
  /// By number; empty where one was taken out.
  const std::vector<std::string_view>& names() const { return names_; }
  bool has(std::uint32_t slot) const { return slot < names_.size() && !names_[slot].empty(); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint32_t> table_;  // their numbers, once there are many
};

struct Frame {
  enum class Kind : std::uint8_t { module, class_, function, inline_ };  // inline_: lambda, comprehension

  Kind kind = Kind::module;
  Frame* parent = nullptr;
  std::string path;            // of the function or class in the module, empty for the module
  std::string container;       // class_: its path; function: the class it is a method of
  std::int32_t function = -1;  // number of the function, -1 for others
  Slots slots;
  std::unordered_set<std::string_view> globals;
  std::unordered_set<std::string_view> nonlocals;
  State state;
  std::vector<std::vector<TermId>> history;  // all values of each slot, for closures
  struct Site {
    std::uint32_t node;
    std::uint32_t slot;
  };
  std::vector<Site> sites;  // where slots are bound, in the order of the text
  bool reachable = true;

  std::uint32_t add_slot(std::string_view name);
  bool has_flow() const { return kind == Kind::function || kind == Kind::inline_; }
};

/// Finds the names that the statements below `body` bind in their own scope, and the global and nonlocal statements.
void collect_names(syntax::Node body, Frame& frame);

/// Calls `visit(identifier)` for each name that an assignment target binds.
template <typename Visit>
void for_each_target(syntax::Node target, const Visit& visit) {
  using syntax::Kind;
  switch (target.kind()) {
    case Kind::identifier:
      visit(target);
      return;
    case Kind::attribute:
    case Kind::subscript:
      return;
    default:
      for (const syntax::Node child : target.children()) for_each_target(child, visit);
  }
}

}  // namespace surefoot::semantics

#pragma once
// What a call calls, as far as that alone tells which rules have to look at the call.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "analysis/knowledge/tables.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// Views live as long as the context that gave it.
struct Callee {
  enum class Of : std::uint8_t {
    unknown,  // nothing is known of it
    library,
    project,  // a function or class of the project
  };

  Of of = Of::unknown;
  std::string_view name;                       // qualified, of a library's; else empty
  std::string_view written;                    // "get" of `self.client.get(…)`
  const knowledge::Callable* facts = nullptr;  // of a library's
  bool is_bridge = false;                      // rules/handover.hpp
  bool is_spawner = false;                     // likewise

  bool is_of_project() const { return of == Of::project; }
  /// A library's, of one of these qualified names.
  bool is_one_of(std::initializer_list<std::string_view> names) const;
  /// A library's whose qualified name begins like this.
  bool is_in(std::string_view prefix) const { return of == Of::library && name.starts_with(prefix); }
  /// Of one of these names in the code, whatever it is.
  bool is_written(std::initializer_list<std::string_view> names) const;
  /// A library's that does one of these before it returns.
  bool blocks(knowledge::Effect effects) const {
    return facts != nullptr && !facts->is_async && any(facts->effects & effects);
  }
  /// The same for whatever the tables say that calls do.
  bool blocks() const { return blocks(static_cast<knowledge::Effect>(~0u)); }
  /// True when a call may run a function of the project (run_at of rules/file_calls.hpp).
  bool may_run_project() const { return is_of_project() || is_one_of({"len"}); }
};

/// Nothing when more than this decides (a call of a lambda, of an instance, of one of several things, of what the
/// configuration names): then each rule has to look for itself.
std::optional<Callee> callee_of(Node call, Context& context);

}  // namespace surefoot::rules

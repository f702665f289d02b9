#pragma once
// Readings of the system's clock inside one function: which expressions and locals are points in time, which are
// spans of time between two such points, and what else becomes of them.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/rules/local_names.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class ClockForm : std::uint8_t {
  other,
  constant,   // a number, None: what a variable holds before its first reading
  pending,    // depends on itself only: `next = next + 5`
  instant,    // a reading of the clock, moved by something or not
  duration,   // the time between two readings
  remaining,  // what is left of a span or until a deadline
};

/// What an expression says about time.
struct ClockValue {
  ClockForm form = ClockForm::other;
  bool ahead = false;                  // instant: something was added to it, or taken off
  std::vector<std::uint32_t> locals;   // those it is made of
  std::vector<std::uint32_t> anchors;  // those of them that hold the point in time from or to which it counts
  std::vector<Node> readings;          // the calls that read the clock
};

/// What becomes of a point in time beside being compared with others.
enum class ClockEscape : std::uint8_t {
  none,
  logged,  // written to a log
  passed,  // handed to a function of the project
  stored,  // kept, returned, sent, or not known
};

class WallClock {
 public:
  /// `function` is a function_definition of the context's unit that stands in no other.
  WallClock(Node function, Context& context);
  /// False when the function never reads the clock: then there is nothing to ask.
  static bool is_read_in(Node function, Context& context);

  const LocalNames& names() const { return names_; }
  ClockValue value_of(Node expression);
  const ClockValue& value_of_local(std::uint32_t local);
  ClockEscape escape_of_local(std::uint32_t local);
  /// The expression itself and what is made of it further up by arithmetic: `start` -> `start + limit`.
  ClockEscape escape_of(Node expression);

 private:
  ClockValue of_call(Node call);
  ClockValue of_binary(Node node);
  ClockValue of_name(Node identifier);
  ClockValue joined(const std::vector<Node>& parts);
  ClockValue of_binding(Node binding);
  ClockEscape further_use(Node expression);
  bool is_reading(Node call) const;
  bool mentions_time(Node expression);

  Context& context_;
  LocalNames names_;
  std::vector<std::uint32_t> readings_;  // node indexes, sorted
  std::vector<ClockValue> of_locals_;
  std::vector<std::uint8_t> state_;  // of each local: 0 not asked, 1 under way, 2 known
};

/// True for a call that reads the system's clock: `time.time()`, `datetime.now()`.
bool reads_clock(Node node, Context& context);

/// The method that reads the steady clock in place of this one ("monotonic" for "time.time"); empty when there is none.
std::string_view steady_twin(std::string_view clock);

}  // namespace surefoot::rules

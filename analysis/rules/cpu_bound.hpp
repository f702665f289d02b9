#pragma once
// Pure Python code that computes for long: it keeps the interpreter's lock (the GIL) all the time.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// Which work counts.
enum class Computing : std::uint8_t {
  any,         // arithmetic or work on strings, in any loop that may go round often
  shared_out,  // likewise, where many threads do it, each a part: loops may be smaller
  over_range,  // arithmetic, as often as a number says or for each pair of two collections
};

/// True when the function computes for long in Python itself: it loops, as often as its arguments say (or calls itself
/// twice), and nothing it calls waits, reads, writes, releases the GIL or is unknown. Reads the code of the functions
/// it calls, in this file: for `confirm`.
bool computes_in_python(const Type& function, Computing computing, Context& context);

/// Likewise for a loop in the context's own unit; one with an `await` in it does not compute for long at a time.
bool computes_in_python(Node loop, Computing computing, Context& context);

}  // namespace surefoot::rules

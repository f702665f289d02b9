#pragma once
// Uses that a value has before it is awaited and that are wrong for one that must be awaited first.

#include <cstdint>
#include <string>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Misuse : std::uint8_t {
  none,         // awaited, passed on, kept, returned, … or not known
  truth,        // if f(), not f(), f() and …, any(f(x) for x in …)
  compared,     // f() == 1, f() is None, match f()
  contained,    // 1 in f()
  computed,     // f() + 1, int(f())
  formatted,    // f"{f()}", print(f()), logger.info("%s", f())
  iterated,     // for x in f(), list(f()), *f()
  unpacked,     // a, b = f()
  subscripted,  // f()[0]
  key,          // data[f()]
  attribute,    // f().name
  called,       // f()()
  entered,      // with f(), async with f()
  raised,       // raise f()
};

/// What the value is known to be: a coroutine, or something that may have the attributes of a future as well.
enum class Awaitable : std::uint8_t { coroutine, any };

struct WrongUse {
  Misuse misuse = Misuse::none;
  Node place;  // the node that makes it wrong: the attribute, the comparison, …; null when there is none
  Node local;  // the name that the value has there; null when it is used as it is
};

/// Looks through parentheses, conditional expressions, `or`, and `:=`. Attributes that it has are no misuse.
WrongUse wrong_use(Node expression, Awaitable kind, Context& context);

/// The first wrong use of the local that the expression is bound to (`user = f()`), as far as only this value can reach
/// it. Nothing when some code awaits the local or hands it to asyncio.
WrongUse wrong_use_of_local(Node expression, Awaitable kind, Context& context);

/// "is always true", "is iterated over", …, for a message about the value.
std::string describe(const WrongUse& use);

}  // namespace surefoot::rules

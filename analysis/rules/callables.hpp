#pragma once
// Whether the value of a call can be called itself: `partial(f, x)` can, `load(path)` mostly cannot.

#include <cstdint>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Callability : std::uint8_t {
  yes,
  no,
  coroutine,  // no, and it is a coroutine that would have to be awaited
  unknown,
};

/// What the types of a value say; unknown when the set is empty or its members differ.
Callability callability(const TypeSet& types, Context& context);

/// What calling `call` gives. For a function of this file its code decides, so call this in Rule::confirm too.
Callability callability_of_result(Node call, Context& context);

/// True for a function that keeps what it gives: `@functools.cache`, `@lru_cache(maxsize=8)`.
bool is_memoized(Node function, Context& context);

/// True for a method that may override one of another class, or be registered by its class's decorator.
bool may_be_override(Node function, Context& context);

/// True for a body that only keeps the place of another: nothing, an error, a constant.
bool is_stub(Node body);
/// The same, but for a body that returns a constant: that may well be all there is to do.
bool is_placeholder(Node body);

}  // namespace surefoot::rules

#pragma once
// How a fuzz target says that a property does not hold: libFuzzer keeps the input of a run that aborts.

#include <cstdio>
#include <cstdlib>

#define SUREFOOT_REQUIRE(condition)                                                                   \
  do {                                                                                                \
    if (!(condition)) {                                                                               \
      static_cast<void>(std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition)); \
      std::abort();                                                                                   \
    }                                                                                                 \
  } while (false)

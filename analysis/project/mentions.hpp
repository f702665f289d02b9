#pragma once
// Everything in the files of a project that may mean one function: for changes that are right only when nothing that
// uses the function is overlooked. What cannot be told apart from a use of it counts as one. Any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/project/program.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::project {

/// A function of the project with the module it stands in.
struct OwnedFunction {
  const Module* module = nullptr;
  std::uint32_t unit = 0;  // number in the module
  const semantics::Function* function = nullptr;
  bool operator==(const OwnedFunction&) const = default;
};

struct Mention {
  enum class Kind : std::uint8_t {
    call,   // `node` is the call
    other,  // handed over, rebound, named in a string, imported under another name: `why` tells
  };
  Kind kind = Kind::call;
  const Module* module = nullptr;
  std::uint32_t unit = 0;
  std::uint32_t node = 0;
  std::string why;
};

/// All mentions of the function but its definition and plain imports of it, in the order of the modules' locations and
/// of the text. The program has to hold every file in which the function's name stands.
std::vector<Mention> mentions(const Program& program, const OwnedFunction& target);

}  // namespace surefoot::project

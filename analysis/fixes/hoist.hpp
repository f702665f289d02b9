#pragma once
// Moving what a function makes anew at each call to where it is made once.

#include <string>
#include <string_view>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// A name for what a call makes, and the edit that defines it.
struct Hoisted {
  std::string name;     // "_lock", "self._lock"
  text::TextEdit edit;  // the definition
  std::string problem;  // why it cannot be done ("its arguments are known in the function only"); else empty
};

/// Makes it a name of the module: defined behind the imports or, where the call needs other names of the module, before
/// the code that it stands in.
Hoisted hoist_to_module(const FileView& file, const Place& call, std::string_view wanted);

/// Makes it an attribute that the `__init__` of the method's class sets at its end.
Hoisted hoist_to_init(const FileView& file, const Place& call, std::string_view wanted);

}  // namespace surefoot::fixes

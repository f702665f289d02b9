#pragma once
// Files that only give names: without classes, functions, calls or anything else that runs code.

#include <string_view>

namespace surefoot::syntax {

/// True for a text that consists of import statements, of assignments of literals, names and displays of them to names,
/// and of strings that stand alone. Reads its tokens alone; whatever is unusual or wrong makes it false.
bool only_gives_names(std::string_view text);

}  // namespace surefoot::syntax

#pragma once
// Two texts as a unified diff that `patch -p0` and `git apply -p0` take. Any thread.

#include <string>
#include <string_view>

namespace surefoot::server {

/// Empty when the texts are equal. Three lines of context; bytes and line endings as they are.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

/// The same diff coloured for a terminal, and harmless to it.
std::string colour_diff(std::string_view diff);

}  // namespace surefoot::server

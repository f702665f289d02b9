#pragma once
// Writing a file so that nobody ever sees half of it.

#include <string>
#include <string_view>

namespace surefoot::server {

/// Replaces the contents of an existing file, which must still be `before`: written beside it, flushed to the disk,
/// then renamed over it. Mode bits stay, owners where permitted; a symbolic link stays one and its target is replaced.
/// Returns an error clause, empty when it is done.
std::string replace_file(const std::string& path, std::string_view before, std::string_view after);

}  // namespace surefoot::server

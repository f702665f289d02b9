#pragma once
// File names as a continuous-integration service wants them: relative to its checkout, wherever the command runs.

#include <string>
#include <string_view>

namespace surefoot::server {

/// `filename`, as shown from `working_folder`, relative to the folder that the environment variable names. As it is
/// where the variable is not set or the file is not within that folder.
std::string path_in_checkout(std::string_view filename, std::string_view working_folder, const char* variable);

}  // namespace surefoot::server

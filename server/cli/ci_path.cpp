#include "server/cli/ci_path.hpp"

#include <cstdlib>

#include "server/workspace/paths.hpp"

namespace surefoot::server {

std::string path_in_checkout(std::string_view filename, std::string_view working_folder, const char* variable) {
  const char* value = std::getenv(variable);
  const std::string_view folder = value == nullptr ? std::string_view() : value;
  if (!folder.starts_with('/')) return std::string(filename);
  const std::string checkout = absolute_path(folder, "/");
  const std::string path = absolute_path(filename, working_folder);
  return is_within(path, checkout) ? relative_path(path, checkout) : std::string(filename);
}

}  // namespace surefoot::server

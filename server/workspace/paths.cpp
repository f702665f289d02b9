#include "server/workspace/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace surefoot::server {

std::string absolute_path(std::string_view path, std::string_view folder) {
  std::filesystem::path full(path);
  if (full.is_relative()) full = std::filesystem::path(folder) / full;
  std::string text = full.lexically_normal().generic_string();
  while (text.size() > 1 && text.ends_with('/') && !text.ends_with(":/")) text.pop_back();
  return text;
}

std::string_view parent_folder(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  // The root keeps its slash, also behind a drive letter.
  const bool root = slash == 0 || path[slash - 1] == ':';
  return path.substr(0, root ? slash + 1 : slash);
}

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string join_path(std::string_view folder, std::string_view name) {
  std::string joined(folder);
  if (!joined.ends_with('/')) joined += '/';
  return joined.append(name);
}

bool is_within(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

std::string relative_path(std::string_view path, std::string_view folder) {
  if (!is_within(path, folder)) return std::string(path);
  path.remove_prefix(folder.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.empty() ? "." : std::string(path);
}

std::string current_folder() {
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  return absolute_path(error ? "/" : folder.generic_string(), "/");
}

}  // namespace surefoot::server

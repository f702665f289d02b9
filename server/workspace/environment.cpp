#include "server/workspace/environment.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

namespace fs = std::filesystem;

bool is_environment(const std::string& folder) {
  std::error_code error;
  return fs::is_regular_file(join_path(folder, "pyvenv.cfg"), error);
}

// lib/python3.12/site-packages; the newest where there are several.
std::string packages_in(const std::string& environment) {
  std::vector<std::string> found;
  std::error_code error;
  const std::string library = join_path(environment, "lib");
  fs::directory_iterator each(library, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    const std::string name = each->path().filename().string();
    std::string packages = join_path(join_path(library, name), "site-packages");
    std::error_code unknown;
    if (name.starts_with("python") && fs::is_directory(packages, unknown)) found.push_back(std::move(packages));
  }
  std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  if (!found.empty()) return found.back();
  std::string packages = join_path(environment, "Lib/site-packages");
  return fs::is_directory(packages, error) ? packages : std::string();
}

}  // namespace

std::string packages_of(const std::string& root) {
  std::vector<std::string> environments;
  if (const char* active = std::getenv("VIRTUAL_ENV"); active != nullptr && active[0] == '/') {
    environments.push_back(absolute_path(active, root));
  }
  for (const char* name : {".venv", "venv"}) environments.push_back(join_path(root, name));
  for (const std::string& environment : environments) {
    if (!is_environment(environment)) continue;
    if (std::string packages = packages_in(environment); !packages.empty()) return packages;
  }
  return {};
}

bool is_in_packages(const std::string& path) { return path.find("/site-packages/") != std::string::npos; }

std::string packages_followed(const engine::Config& config, const std::string& root) {
  return root.empty() || config.follow_imports != "environment" ? std::string() : packages_of(root);
}

}  // namespace surefoot::server

#include "server/workspace/project_files.hpp"

#include <fmt/format.h>

#include "analysis/engine/analyze.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1U << 20U));
}

}  // namespace

project::Place place_of(const std::string& path, const ResolvedConfig& config) {
  project::Place place =
      engine::place_in(relative_path(path, config.root), config.root, config.is_project, *config.config);
  place.packages = config.packages;
  return place;
}

std::string refusal(const ReadResult& read, std::uint64_t largest) {
  if (read.status == ReadStatus::too_large) {
    return fmt::format("is too large to check ({}; the limit is {}, see --max-file-size)", megabytes(read.size),
                       megabytes(largest));
  }
  return "cannot be read: " + read.reason;
}

}  // namespace surefoot::server

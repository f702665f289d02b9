#include "server/cli/config_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "analysis/engine/config_keys.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

std::string origin_of(const ResolvedConfig& resolved, std::string_view key, const std::string& working_folder) {
  const auto found = resolved.origins.find(std::string(key));
  if (found == resolved.origins.end()) return "default";
  const ConfigOrigin& origin = found->second;
  if (!origin.label.empty()) return origin.label;
  return fmt::format("{}:{}", relative_path(origin.file, working_folder), origin.line + 1);
}

struct Row {
  std::string text;
  std::string origin;
};

void print(const ResolvedConfig& resolved, const std::string& working_folder, Console& console) {
  std::vector<Row> rows;
  std::size_t widest = 0;
  for (const engine::ConfigKey& key : engine::config_keys()) {
    const std::string value = key.show(*resolved.config);
    // TOML has no value for "not set", so such a key is a comment.
    Row row{value.empty() ? fmt::format("# {} is not set", key.name) : fmt::format("{} = {}", key.name, value),
            origin_of(resolved, key.name, working_folder)};
    if (row.text.size() <= 60) widest = std::max(widest, row.text.size());
    rows.push_back(std::move(row));
  }
  const bool colour = console.colour_out;
  const auto comment = [&](const std::string& text) { return styled("# " + text, Style::dim, colour); };
  console.out << comment("project: " + resolved.root) << '\n'
              << comment("file: " + (resolved.file.empty() ? "none" : relative_path(resolved.file, working_folder)))
              << '\n';
  for (const Row& row : rows) {
    console.out << fmt::format("{:<{}}  ", row.text, widest) << comment(row.origin) << '\n';
  }
}

}  // namespace

int run_config(const std::string& path, const CheckOptions& options, Console& console) {
  auto configs = configuration_for(options, console);
  if (!configs) return kFailed;
  const std::string absolute = absolute_path(path, options.working_folder);
  std::error_code error;
  if (!std::filesystem::exists(absolute, error)) {
    print_error(console, path + ": no such file or folder");
    return kFailed;
  }
  const bool is_folder = std::filesystem::is_directory(absolute, error);
  const ConfigAnswer answer = is_folder ? configs->for_folder(absolute) : configs->for_file(absolute);
  if (answer.problem) {
    print_error(console, describe(*answer.problem, options.working_folder));
    return kFailed;
  }
  print(*answer.config, options.working_folder, console);
  return kClean;
}

}  // namespace surefoot::server

#pragma once
// Files of the cache: written whole or not at all, and read only as this build wrote them. Any thread, any number of
// programs at once; nothing throws, and what fails is as if there were no cache.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/cache/content_hash.hpp"

namespace surefoot::server {

/// Names the program: two that may find different things have different ones.
const ContentHash& build_id();

/// The folder of the cache by the environment: $XDG_CACHE_HOME/surefoot, or $HOME/.cache/surefoot; empty for none.
/// Source: XDG Base Directory Specification 0.8.
std::string default_cache_folder();

/// The file in the folder of the cache that has this name.
std::string cache_file_path(const std::string& folder, const ContentHash& name);

/// What was written; nothing when it is not there, damaged, or of another build.
std::optional<std::string> read_cache_file(const std::string& path);

/// Replaces the file in one step, and takes files away that were not written for the longest time while the folder
/// holds more than `most_bytes`, or too many files.
void write_cache_file(const std::string& path, std::string_view bytes,
                      std::uint64_t most_bytes = std::uint64_t{256} << 20U);

/// A count of days.
std::uint32_t today();

}  // namespace surefoot::server

#include "server/cache/cache_file.hpp"

#include <unistd.h>
#ifdef __linux__
#include <link.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <tuple>
#include <vector>

#include "server/cache/bytes.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "surefoot cache 1\n";
constexpr std::size_t kHeader = kMark.size() + 3 * sizeof(ContentHash);
constexpr std::uint64_t kLargest = std::uint64_t{512} << 20U;
constexpr std::size_t kMostFiles = 500;
constexpr auto kHour = std::chrono::hours(1);
constexpr std::string_view kEnding = ".cache";

std::string header_of(std::string_view bytes) {
  Writer writer;
  writer.hash(build_id());
  writer.hash({bytes.size(), 0});
  writer.hash(hash_of(bytes));
  return std::string(kMark) + writer.bytes();
}

#ifdef __linux__
// The linker's build id, a hash of the program. Source: elf(5), NT_GNU_BUILD_ID.
int find_build_id(dl_phdr_info* info, std::size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const char* end = at + header.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
      const auto padded = [](std::size_t size) { return (size + 3) & ~std::size_t{3}; };
      const char* id = at + sizeof(*note) + padded(note->n_namesz);
      if (note->n_type == NT_GNU_BUILD_ID && id + note->n_descsz <= end) {
        *static_cast<ContentHash*>(result) = hash_of({id, note->n_descsz});
        return 1;
      }
      at = id + padded(note->n_descsz);
    }
  }
  return 1;  // the first object is the program
}
#endif

ContentHash make_build_id() {
  ContentHash id;
#ifdef __linux__
  dl_iterate_phdr(find_build_id, &id);
  if (id == ContentHash()) id = hash_of(read_file("/proc/self/exe", kLargest).bytes);
#endif
  return id != ContentHash() ? id : hash_of(SUREFOOT_VERSION __DATE__ __TIME__);
}

void evict(const fs::path& folder, std::uint64_t most_bytes) {
  std::vector<std::tuple<fs::file_time_type, fs::path, std::uint64_t>> files;
  std::uint64_t total = 0;
  std::error_code error;
  fs::directory_iterator each(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    std::error_code gone;  // by another program
    const std::uint64_t size = each->file_size(gone);
    const auto time = each->last_write_time(gone);
    // What a program left that ended in between.
    if (!gone && each->path().extension() == ".part" && time + kHour < fs::file_time_type::clock::now()) {
      fs::remove(each->path(), gone);
    }
    if (gone || each->path().extension() != kEnding) continue;
    files.emplace_back(time, each->path(), size);
    total += size;
  }
  std::sort(files.begin(), files.end());
  std::size_t left = files.size();
  for (const auto& [time, path, size] : files) {
    if (total <= most_bytes && left <= kMostFiles) return;
    std::error_code gone;
    fs::remove(path, gone);
    total -= size;
    --left;
  }
}

std::string hex(const ContentHash& hash) {
  std::string text;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(half >> shift) & 15U];
  }
  return text;
}

}  // namespace

const ContentHash& build_id() {
  static const ContentHash id = make_build_id();
  return id;
}

std::string default_cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return join_path(cache, "surefoot");
  const char* home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? join_path(home, ".cache/surefoot") : std::string();
}

std::string cache_file_path(const std::string& folder, const ContentHash& name) {
  return join_path(folder, hex(name) + std::string(kEnding));
}

std::optional<std::string> read_cache_file(const std::string& path) {
  ReadResult read = read_file(path, kLargest);
  if (read.status != ReadStatus::found || read.bytes.size() < kHeader) return std::nullopt;
  const std::string_view bytes = std::string_view(read.bytes).substr(kHeader);
  if (!read.bytes.starts_with(header_of(bytes))) return std::nullopt;
  read.bytes.erase(0, kHeader);
  return std::move(read.bytes);
}

void write_cache_file(const std::string& path, std::string_view bytes, std::uint64_t most_bytes) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  fs::create_directories(folder, error);
  const std::string part =
      path + "." + std::to_string(::getpid()) + "." + std::to_string(std::random_device()()) + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file << header_of(bytes) << bytes;
  file.close();
  if (file) fs::rename(part, path, error);
  if (!file || error) fs::remove(part, error);
  evict(folder, most_bytes);
}

std::uint32_t today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::hours>(now).count() / 24);
}

}  // namespace surefoot::server

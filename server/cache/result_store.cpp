#include "server/cache/result_store.hpp"

#include <algorithm>
#include <map>

#include "server/cache/bytes.hpp"
#include "server/cache/cache_file.hpp"

namespace surefoot::server {
namespace {

constexpr std::size_t kVersionsOfFile = 3;
constexpr std::uint32_t kDaysUnused = 30;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

void write_numbers(Writer& writer, const std::vector<std::uint32_t>& numbers) {
  writer.number(numbers.size());
  for (const std::uint32_t number : numbers) writer.number(number);
}

// Numbers below `end`; false when there is another.
bool read_numbers(Reader& reader, std::size_t end, std::vector<std::uint32_t>& numbers) {
  numbers.resize(reader.count());
  for (std::uint32_t& number : numbers) {
    const std::uint64_t value = reader.number();
    if (value >= end) return false;
    number = static_cast<std::uint32_t>(value);
  }
  return !reader.failed();
}

}  // namespace

ResultStore::ResultStore(std::string path) : path_(std::move(path)) {
  const auto bytes = read_cache_file(path_);
  if (bytes && read(*bytes)) return;
  seen_.clear();
  worlds_.clear();
  entries_.clear();
  answers_.clear();
  world_answers_.clear();
  by_key_.clear();
  stamps_ = FileStamps();
}

bool ResultStore::read(std::string_view bytes) {
  Reader reader(bytes);
  seen_.resize(reader.count());
  for (Seen& seen : seen_) {
    seen.first = reader.text();
    seen.second = reader.hash();
    if (reader.failed()) return false;
  }
  worlds_.resize(reader.count());
  for (World& world : worlds_) {
    if (!read_numbers(reader, seen_.size(), world.files) || !read_numbers(reader, seen_.size(), world.names)) {
      return false;
    }
  }
  entries_.resize(reader.count());
  by_key_.reserve(entries_.size());
  for (Entry& entry : entries_) {
    entry.key = reader.hash();
    entry.owner = reader.fixed();
    entry.world = static_cast<std::uint32_t>(reader.number());
    entry.used = static_cast<std::uint32_t>(reader.number());
    if (!read_numbers(reader, seen_.size(), entry.files) || entry.world >= worlds_.size()) return false;
    entry.bytes = reader.text();
    by_key_[entry.key] = static_cast<std::uint32_t>(&entry - entries_.data());
  }
  answers_.resize(seen_.size());
  world_answers_.resize(worlds_.size());
  return stamps_.read(reader) && reader.at_end();
}

bool ResultStore::is_same(std::uint32_t number, const Look& look) {
  Answer& answer = answers_[number];
  if (answer == Answer::unknown) {
    answer = look(seen_[number].first) == seen_[number].second ? Answer::same : Answer::changed;
  }
  return answer == Answer::same;
}

bool ResultStore::is_same_world(std::uint32_t number, const Look& at_file, const Look& at_names) {
  Answer& answer = world_answers_[number];
  if (answer == Answer::unknown) {
    const World& world = worlds_[number];
    const bool same =
        std::all_of(world.names.begin(), world.names.end(), [&](auto one) { return is_same(one, at_names); }) &&
        std::all_of(world.files.begin(), world.files.end(), [&](auto one) { return is_same(one, at_file); });
    answer = same ? Answer::same : Answer::changed;
  }
  return answer == Answer::same;
}

std::optional<std::string_view> ResultStore::find(const ContentHash& key, const Look& at_file, const Look& at_names) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  Entry& entry = entries_[found->second];
  if (!is_same_world(entry.world, at_file, at_names)) return std::nullopt;
  for (const std::uint32_t file : entry.files) {
    if (!is_same(file, at_file)) return std::nullopt;
  }
  entry.is_used_now = true;
  return entry.bytes;
}

std::uint32_t ResultStore::number_of(Seen seen) {
  if (numbers_.empty()) {
    for (std::uint32_t i = 0; i < seen_.size(); ++i) {
      numbers_.emplace(seen_[i].first + '\0' + std::string(reinterpret_cast<const char*>(&seen_[i].second), 16), i);
    }
  }
  std::string name = seen.first + '\0' + std::string(reinterpret_cast<const char*>(&seen.second), 16);
  const auto [known, is_new] = numbers_.try_emplace(std::move(name), static_cast<std::uint32_t>(seen_.size()));
  if (is_new) {
    seen_.push_back(std::move(seen));
    answers_.push_back(Answer::unknown);
  }
  return known->second;
}

void ResultStore::add(Entry entry) {
  const auto [known, is_new] = by_key_.try_emplace(entry.key, static_cast<std::uint32_t>(entries_.size()));
  if (is_new) {
    entries_.push_back(std::move(entry));
  } else {
    entries_[known->second] = std::move(entry);
  }
}

void ResultStore::keep(std::vector<Seen> world_files, std::vector<Seen> world_names, std::vector<Made> made) {
  if (made.empty()) return;
  is_changed_ = true;
  World world;
  for (Seen& file : world_files) world.files.push_back(number_of(std::move(file)));
  for (Seen& names : world_names) world.names.push_back(number_of(std::move(names)));
  const auto number = static_cast<std::uint32_t>(worlds_.size());
  worlds_.push_back(std::move(world));
  world_answers_.push_back(Answer::unknown);
  for (Made& one : made) {
    Entry entry;
    entry.key = one.key;
    entry.owner = one.owner;
    entry.world = number;
    entry.is_used_now = true;
    for (Seen& file : one.result.files) entry.files.push_back(number_of(std::move(file)));
    entry.bytes = std::move(one.result.bytes);
    add(std::move(entry));
  }
}

// Without what nobody needs any more: too old, too many versions, and what only those named.
std::string ResultStore::written(std::uint32_t today) const {
  std::vector<const Entry*> kept;
  std::map<std::uint64_t, std::size_t> versions;
  std::size_t bytes = 0;
  for (const bool is_used : {true, false}) {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->is_used_now != is_used || (!is_used && entry->used + kDaysUnused < today)) continue;
      if (++versions[entry->owner] > kVersionsOfFile) continue;
      bytes += entry->bytes.size() + entry->files.size() * 4 + 64;
      if (bytes < kMostBytes) kept.push_back(&*entry);
    }
  }
  std::reverse(kept.begin(), kept.end());
  std::map<std::uint32_t, std::uint32_t> worlds;
  std::map<std::uint32_t, std::uint32_t> seen;
  const auto renumbered = [](std::map<std::uint32_t, std::uint32_t>& map, std::uint32_t number) {
    return map.try_emplace(number, static_cast<std::uint32_t>(map.size())).first->second;
  };
  Writer entries;
  for (const Entry* entry : kept) {
    entries.hash(entry->key);
    entries.fixed(entry->owner);
    entries.number(renumbered(worlds, entry->world));
    entries.number(entry->is_used_now ? today : entry->used);
    entries.number(entry->files.size());
    for (const std::uint32_t file : entry->files) entries.number(renumbered(seen, file));
    entries.text(entry->bytes);
  }
  std::vector<std::uint32_t> old_worlds(worlds.size());
  for (const auto& [old, now] : worlds) old_worlds[now] = old;
  Writer world_writer;
  world_writer.number(worlds.size());
  for (const std::uint32_t old : old_worlds) {
    for (std::vector<std::uint32_t> part : {worlds_[old].files, worlds_[old].names}) {
      for (std::uint32_t& one : part) one = renumbered(seen, one);
      write_numbers(world_writer, part);
    }
  }
  std::vector<std::uint32_t> old_seen(seen.size());
  for (const auto& [old, now] : seen) old_seen[now] = old;
  Writer all;
  all.number(seen.size());
  for (const std::uint32_t old : old_seen) {
    all.text(seen_[old].first);
    all.hash(seen_[old].second);
  }
  std::string text = all.take() + world_writer.bytes();
  Writer count;
  count.number(kept.size());
  stamps_.write(entries);
  return text + count.bytes() + entries.bytes();
}

void ResultStore::save(std::uint32_t today) {
  if (is_changed_ || stamps_.is_changed()) write_cache_file(path_, written(today));
  is_changed_ = false;
}

}  // namespace surefoot::server

#include "server/cli/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/engine/selection.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/text/source_text.hpp"
#include "server/check/write_file.hpp"
#include "server/convert.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::uint64_t kLargest = std::uint64_t{64} << 20U;  // bytes

/// "syntax error while parsing value - unexpected …" -> "unexpected …".
std::string reason_of(const Json::parse_error& error) {
  const std::string_view what = error.what();
  const std::size_t dash = what.find(" - ");
  return std::string(dash == std::string_view::npos ? what : what.substr(dash + 3));
}

std::string row_and_column(std::string_view text, std::size_t byte) {
  const auto offset = static_cast<std::uint32_t>(std::clamp<std::size_t>(byte, 1, text.size() + 1) - 1);
  const ReportedPlace place = to_place({}, text::SourceText(std::string(text)), {offset, offset});
  return fmt::format(":{}:{}", place.location.row, place.location.column);
}

std::optional<std::uint64_t> parse_fingerprint(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() && digits.size() == 16;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<std::string> string_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

bool is_enabled(const ResolvedConfig& resolved, const std::string& path, const std::string& code) {
  const engine::Selection selection(*resolved.config, relative_path(path, resolved.root));
  const auto rules = rules::all_rules();
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [&](const rules::Rule* each) { return each->code == code; });
  return rule == rules.end() || selection.is_enabled(**rule);
}

}  // namespace

std::string Baseline::load(bool may_be_missing) {
  const ReadResult read = read_file(path_, kLargest);
  if (read.status == ReadStatus::found) return read_text(read.bytes);
  if (read.status == ReadStatus::missing) {
    return may_be_missing ? std::string() : ": no such file; --write-baseline makes it";
  }
  return ": cannot be read: " + (read.reason.empty() ? "it is too large" : read.reason);
}

std::string Baseline::read_text(std::string_view text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return row_and_column(text, error.byte) + ": invalid JSON: " + reason_of(error);
  }
  const auto version = json.find("version");
  if (!json.is_object() || version == json.end()) return ": is not a baseline: there is no `version`";
  if (*version != kVersion) return fmt::format(": version: expected {}, found {}", kVersion, version->dump());
  const auto findings = json.find("findings");
  if (findings == json.end() || !findings->is_array()) return ": findings: expected an array";
  for (std::size_t i = 0; i < findings->size(); ++i) {
    const Json& each = (*findings)[i];
    const std::string place = fmt::format(": findings[{}]", i);
    if (!each.is_object()) return place + ": expected an object";
    const auto file = string_in(each, "file");
    if (!file) return place + ".file: expected a string";
    const auto fingerprint = parse_fingerprint(string_in(each, "fingerprint").value_or(""));
    if (!fingerprint) return place + ".fingerprint: expected 16 hexadecimal digits";
    files_[*file].entries[*fingerprint] = {string_in(each, "code").value_or(""),
                                           string_in(each, "message").value_or("")};
  }
  return {};
}

std::string Baseline::name_of(const SourceFile& file) const { return relative_path(file.path, parent_folder(path_)); }

bool Baseline::holds(const SourceFile& file, const ReportedFinding& finding) {
  const auto known = files_.find(name_of(file));
  if (known == files_.end()) return false;
  const auto entry = known->second.entries.find(finding.fingerprint);
  if (entry == known->second.entries.end()) return false;
  return entry->second.turned_up = true;
}

void Baseline::add(const SourceFile& file, const ReportedFinding& finding) {
  files_[name_of(file)].entries[finding.fingerprint] = {finding.code, finding.message, true};
}

void Baseline::looked_at(const SourceFile& file) {
  const auto known = files_.find(name_of(file));
  if (known != files_.end()) known->second.checked_with = file.config;
}

bool Baseline::is_gone(const std::string& name, const File& file, const Entry& entry) const {
  if (entry.turned_up) return false;
  const std::string path = absolute_path(name, parent_folder(path_));
  if (file.checked_with != nullptr) return is_enabled(*file.checked_with, path, entry.code);
  std::error_code error;
  return !std::filesystem::exists(path, error) && !error;
}

std::size_t Baseline::vanished() const {
  std::size_t count = 0;
  for (const auto& [name, file] : files_) {
    for (const auto& [fingerprint, entry] : file.entries) count += is_gone(name, file, entry) ? 1 : 0;
  }
  return count;
}

void Baseline::forget_vanished() {
  for (auto& [name, file] : files_) {
    std::erase_if(file.entries,
                  [&, &name = name, &file = file](const auto& each) { return is_gone(name, file, each.second); });
  }
}

std::size_t Baseline::size() const {
  std::size_t count = 0;
  for (const auto& [name, file] : files_) count += file.entries.size();
  return count;
}

std::string Baseline::text() const {
  std::vector<std::string> lines;
  for (const auto& [name, file] : files_) {
    std::vector<std::pair<std::string, std::string>> of_file;  // code, line
    for (const auto& [fingerprint, entry] : file.entries) {
      const Json json = {{"file", name},
                         {"fingerprint", fingerprint_text(fingerprint)},
                         {"code", entry.code},
                         {"message", entry.message}};
      of_file.emplace_back(entry.code, "    " + json.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    std::stable_sort(of_file.begin(), of_file.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [code, line] : of_file) lines.push_back(std::move(line));
  }
  const std::string_view gap = lines.empty() ? "" : "\n";
  return fmt::format("{{\n  \"version\": {},\n  \"findings\": [{}{}{}]\n}}\n", kVersion, gap, fmt::join(lines, ",\n"),
                     lines.empty() ? "" : "\n  ");
}

std::string Baseline::save() const {
  ReadResult before = read_file(path_, kLargest);
  if (before.status == ReadStatus::missing) {
    // An empty file with the mode that the user's own would have; its contents come in one step below.
    if (!std::ofstream(path_, std::ios::binary)) return "cannot be written: it cannot be created";
    before.status = ReadStatus::found;
  }
  if (before.status != ReadStatus::found) return "cannot be read: " + before.reason;
  const std::string after = text();
  return before.bytes == after ? std::string() : replace_file(path_, before.bytes, after);
}

}  // namespace surefoot::server

#pragma once
// Checks, and if asked cures, one file. Any thread; files see each other as they were read.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "server/cache/told.hpp"
#include "server/check/report.hpp"
#include "server/workspace/project_files.hpp"

namespace surefoot::server {

enum class FixMode : unsigned char {
  none,
  apply,  // write the file
  diff,   // only say what would be written
};

struct FileCheckOptions {
  FixMode fix = FixMode::none;
  rules::Applicability up_to = rules::Applicability::safe;
  std::uint64_t largest_file = std::uint64_t{10} << 20U;  // bytes
  std::string working_folder;                             // absolute
};

struct FileResult {
  /// Why the file was not checked, or could not be written: one clause; empty when all went well.
  std::string error;
  /// In order; after fixing, those that remain.
  std::vector<ReportedFinding> findings;
  Told told;                              // the same, before it was put in the terms of users
  std::vector<project::ModuleKey> asked;  // the other files that this depends on, but for those effects come from
  std::size_t fixed = 0;
  /// The whole text before and after fixing, byte order marks included; equal when nothing was fixed.
  std::string before, after;

  bool changed() const { return before != after; }
};

/// A file on its way: read, and checked by itself.
struct CheckedFile {
  LoadedFile loaded;
  std::shared_ptr<engine::AnalyzedFile> analysis;  // null when it could not be read
};
CheckedFile check_file(const SourceFile& file, LoadedFile loaded, const engine::ProjectPtr& project);

/// The rest, when all files of the project are checked: what it says, and what it is when it is fixed, which is written
/// when `writes`.
FileResult finish_file(const SourceFile& file, CheckedFile checked,
                       const std::shared_ptr<const project::Effects>& effects, const FileCheckOptions& options,
                       bool writes);

/// The text of a file by its location; of the file itself by "".
using Texts = std::function<text::SourceText(const std::string& location)>;
/// What was found in a file, in the terms that users read.
std::vector<ReportedFinding> to_reported(const SourceFile& file, const Told& told, const FileCheckOptions& options,
                                         const Texts& texts);

}  // namespace surefoot::server

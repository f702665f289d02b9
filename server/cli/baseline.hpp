#pragma once
// The baseline: findings that a project has decided to live with, in a file under version control. A finding is known
// by its file and its fingerprint, never by its line, so that code may move. Not thread safe.
//
// The file is JSON, one finding a line, sorted so that moved code changes nothing in it:
//   {"version": 1, "findings": [{"file": "app/a.py", "fingerprint": "0f…", "code": "RT101", "message": "…"}]}
// Files are named relative to the folder of the baseline. Code and message are there for people.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/check/report.hpp"
#include "server/workspace/discovery.hpp"

namespace surefoot::server {

class Baseline {
 public:
  /// `path`: absolute.
  explicit Baseline(std::string path) : path_(std::move(path)) {}

  /// Reads the file. What is wrong, as it follows the file's name in a message: ":3:14: invalid JSON: …" or
  /// ": findings[2].fingerprint: …"; empty when all is well. A file that is not there is an error unless it
  /// `may_be_missing`.
  std::string load(bool may_be_missing);

  /// True when the finding is in the baseline.
  bool holds(const SourceFile& file, const ReportedFinding& finding);
  void add(const SourceFile& file, const ReportedFinding& finding);
  /// The file was checked: what of it is in the baseline and does not turn up is gone.
  void looked_at(const SourceFile& file);

  /// The entries that did not turn up although their file was checked with their rule, or whose file is no longer
  /// there.
  std::size_t vanished() const;
  /// Takes them out.
  void forget_vanished();

  std::size_t size() const;
  /// Writes the file. An error clause, empty when it is done.
  std::string save() const;

 private:
  struct Entry {
    std::string code;
    std::string message;
    bool turned_up = false;
  };
  struct File {
    std::map<std::uint64_t, Entry> entries;              // by fingerprint
    std::shared_ptr<const ResolvedConfig> checked_with;  // null: not looked at
  };

  std::string read_text(std::string_view text);
  std::string name_of(const SourceFile& file) const;
  bool is_gone(const std::string& name, const File& file, const Entry& entry) const;
  std::string text() const;

  std::string path_;
  std::map<std::string, File> files_;  // by name, relative to the baseline's folder
};

}  // namespace surefoot::server

#pragma once
// What was found in files, kept on disk between runs. An entry is named by all that it is a function of and that is
// known before the file is read: its bytes and place, the configuration, the build. The rest (the files that were asked
// on the way, and which files there were) stands in the entry and is compared when it is looked up. So an entry is
// right or it is not taken: nothing is ever invalidated.
//
// The entries of one project make one file, which is read whole, and replaced whole: several programs may do so at
// once, and the last one wins. A file that is damaged, cut off or of another build is as good as none.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/cache/content_hash.hpp"
#include "server/cache/file_stamps.hpp"

namespace surefoot::server {

/// A file and what was in it, or names that were asked about and what was there of them.
using Seen = std::pair<std::string, ContentHash>;

struct StoredResult {
  std::vector<Seen> files;  // that were asked
  std::string bytes;        // what was found
};

class ResultStore {
 public:
  /// Reads what there is at `path`, absolute.
  explicit ResultStore(std::string path);

  /// How a file is now, or what there is of some names. Asked once for each.
  using Look = std::function<ContentHash(const std::string& path)>;

  /// What was found, when all that it depended on is as it was. The view lives as long as the store.
  std::optional<std::string_view> find(const ContentHash& key, const Look& at_file, const Look& at_names);

  /// Takes results that were made beside each other: `world` is what they all depended on (which files there are).
  /// `owner` names the file that a result is of: of its versions only the newest few are kept.
  struct Made {
    ContentHash key;
    std::uint64_t owner = 0;
    StoredResult result;
  };
  void keep(std::vector<Seen> world_files, std::vector<Seen> world_names, std::vector<Made> made);

  /// What is in the files of the project.
  FileStamps& stamps() { return stamps_; }
  const FileStamps& stamps() const { return stamps_; }

  /// Writes the file if there is something new. What cannot be written is not kept. `today`: a count of days, for
  /// entries that nobody has asked for a long time.
  void save(std::uint32_t today);

 private:
  struct World {
    std::vector<std::uint32_t> files, names;  // in seen_
  };
  struct Entry {
    ContentHash key;
    std::uint64_t owner = 0;
    std::uint32_t world = 0;
    std::uint32_t used = 0;  // day
    std::vector<std::uint32_t> files;
    std::string bytes;
    bool is_used_now = false;
  };
  enum class Answer : std::uint8_t { unknown, same, changed };

  bool read(std::string_view bytes);
  std::string written(std::uint32_t today) const;
  void add(Entry entry);
  std::uint32_t number_of(Seen seen);
  bool is_same(std::uint32_t number, const Look& look);
  bool is_same_world(std::uint32_t number, const Look& at_file, const Look& at_names);

  std::string path_;
  std::vector<Seen> seen_;
  std::vector<Answer> answers_;                             // to seen_
  std::unordered_map<std::string, std::uint32_t> numbers_;  // of seen_, by path and hash; made when something is added
  std::vector<World> worlds_;
  std::vector<Answer> world_answers_;
  std::vector<Entry> entries_;
  std::unordered_map<ContentHash, std::uint32_t, HashOfContentHash> by_key_;
  FileStamps stamps_;
  bool is_changed_ = false;
};

}  // namespace surefoot::server

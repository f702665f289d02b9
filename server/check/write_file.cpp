#include "server/check/write_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "server/workspace/disk.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

std::string failed(const char* what, int error) {
  return std::string("cannot be written: ") + what + ": " + std::generic_category().message(error);
}

/// The new contents under a name of their own; removed unless it took the place of the old.
class Replacement {
 public:
  explicit Replacement(const std::string& target)
      : target_(target), name_(join_path(parent_folder(target), "." + std::string(file_name(target)) + ".XXXXXX")) {}
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement() {
    if (file_ >= 0) ::close(file_);
    if (created_) ::unlink(name_.c_str());
  }

  std::string run(std::string_view bytes) {
    struct stat old = {};
    if (::stat(target_.c_str(), &old) != 0) return failed("stat", errno);
    if (::access(target_.c_str(), W_OK) != 0) return failed("open", errno);
    file_ = ::mkstemp(name_.data());
    if (file_ < 0) return failed("create a file beside it", errno);
    created_ = true;
    // Only root may give files away; who cannot keeps the file as its own. Mode last: chown clears bits.
    if (::fchown(file_, old.st_uid, old.st_gid) != 0 && errno != EPERM) return failed("chown", errno);
    if (::fchmod(file_, old.st_mode & 07777U) != 0) return failed("chmod", errno);
    if (const int error = write_all(bytes); error != 0) return failed("write", error);
    if (::fsync(file_) != 0) return failed("fsync", errno);
    if (::rename(name_.c_str(), target_.c_str()) != 0) return failed("rename", errno);
    created_ = false;
    return {};
  }

 private:
  int write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
  }

  const std::string& target_;
  std::string name_;
  int file_ = -1;
  bool created_ = false;
};

}  // namespace

std::string replace_file(const std::string& path, std::string_view before, std::string_view after) {
  std::error_code error;
  const std::string target = std::filesystem::canonical(path, error).generic_string();
  if (error) return failed("find it", error.value());
  const ReadResult now = read_file(target, before.size());
  if (now.status != ReadStatus::found || now.bytes != before) {
    return "was changed by another program while it was checked; it is left as it is";
  }
  return Replacement(target).run(after);
}

}  // namespace surefoot::server

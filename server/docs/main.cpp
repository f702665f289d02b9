// surefoot_docs FOLDER STYLE: writes the documentation site into FOLDER, which is made anew, with the style sheet
// STYLE.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "server/docs/site.hpp"

namespace {

namespace fs = std::filesystem;

bool write(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) std::cerr << "surefoot_docs: cannot write " << path.string() << '\n';
  return file.good();
}

/// Takes away what an earlier run has left, and nothing else: a folder that is no site stays as it is.
bool make_empty(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::is_empty(folder, error)) return true;
  if (!fs::exists(folder / "index.html", error) || !fs::exists(folder / "rules", error)) {
    std::cerr << "surefoot_docs: " << folder.string() << " is neither empty nor a site\n";
    return false;
  }
  fs::remove_all(folder, error);
  return !error;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: surefoot_docs FOLDER STYLE\n";
    return 2;
  }
  const fs::path folder(argv[1]);
  if (!make_empty(folder)) return 1;
  bool done = true;
  for (const surefoot::docs::SiteFile& file : surefoot::docs::build_site())
    done = write(folder / file.path, file.html) && done;
  std::error_code error;
  if (!fs::copy_file(argv[2], folder / "style.css", fs::copy_options::overwrite_existing, error)) {
    std::cerr << "surefoot_docs: cannot copy " << argv[2] << ": " << error.message() << '\n';
    return 1;
  }
  return done ? 0 : 1;
}

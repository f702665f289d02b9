#include "server/workspace/texts_on_disk.hpp"

#include <utility>
#include <variant>

#include "server/workspace/disk.hpp"
#include "server/workspace/lazy_files.hpp"
#include "server/workspace/python_source.hpp"

namespace surefoot::server {

text::SourceText TextsOnDisk::text(const project::Place& place) const {
  ReadResult read = read_file(place.location(), kLargestOnDemand);
  if (read.status != ReadStatus::found) return {};
  auto source = read_python(std::move(read.bytes));
  auto* python = std::get_if<PythonSource>(&source);
  return python == nullptr ? text::SourceText() : std::move(python->text);
}

}  // namespace surefoot::server

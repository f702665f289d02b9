#pragma once
// What was found in a file, with its cures: all that a report is made of, beside the texts. As bytes, for the cache.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/finding.hpp"

namespace surefoot::server {

struct ToldFinding {
  engine::Finding finding;
  engine::Fixes fixes;
};
using Told = std::vector<ToldFinding>;

std::string to_bytes(const Told& told);
/// Nothing for bytes that to_bytes() did not write.
std::optional<Told> told_from(std::string_view bytes);

}  // namespace surefoot::server

#include "protocol/position_encoding.hpp"

#include <algorithm>

namespace surefoot::protocol {

std::string_view to_string(PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::kUtf8:
      return "utf-8";
    case PositionEncoding::kUtf32:
      return "utf-32";
    case PositionEncoding::kUtf16:
      break;
  }
  return "utf-16";
}

PositionEncoding negotiate(const std::optional<std::vector<std::string>>& offered) {
  if (!offered) return PositionEncoding::kUtf16;
  for (const auto encoding : {PositionEncoding::kUtf8, PositionEncoding::kUtf32}) {
    if (std::find(offered->begin(), offered->end(), to_string(encoding)) != offered->end()) return encoding;
  }
  return PositionEncoding::kUtf16;
}

}  // namespace surefoot::protocol

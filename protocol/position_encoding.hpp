// What a `character` counts (LSP 3.17 "PositionEncodingKind"). Turning byte offsets into columns is not done here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::protocol {

enum class PositionEncoding {
  kUtf8,   // bytes
  kUtf16,  // UTF-16 code units; the default, and the only answer to a client that offers nothing
  kUtf32,  // code points
};

// "utf-8", "utf-16" or "utf-32".
std::string_view to_string(PositionEncoding encoding);

// The best of the client's `general.positionEncodings`, whatever their order: utf-8 costs us nothing, utf-32 little.
// utf-16 if the client sent no list or only names we do not know.
PositionEncoding negotiate(const std::optional<std::vector<std::string>>& offered);

}  // namespace surefoot::protocol

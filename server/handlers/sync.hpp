#pragma once
// What other areas need of document synchronisation. Strand only.

#include <string_view>

#include "server/session/core.hpp"

namespace surefoot::server {

/// The document's text is not what the client has: what is shown for it is taken back, it is said once, and nothing
/// more until the client sends the whole text.
void distrust(Core& core, Document& document, std::string_view why);

}  // namespace surefoot::server

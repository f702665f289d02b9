#pragma once
// Inlay hints and code lenses, as other areas need them. Strand only.

#include "server/session/core.hpp"

namespace surefoot::server {

/// What is shown between the lines may have changed: the client is told to ask again, where it can be told and shows
/// any.
void refresh_hints(Core& core);

}  // namespace surefoot::server

#pragma once
// Settings, configuration files and folders, as other areas need them. Strand only.

#include <nlohmann/json_fwd.hpp>

#include "server/session/core.hpp"

namespace surefoot::server {

/// Gives a document the configuration that is in force for it now; true if that changes something for it.
bool place(Core& core, Document& document);

/// Looks again at what is in force for every open document, analyses those for which it changed, and says which
/// configuration files cannot be read.
void refresh_configuration(Core& core);

/// Says which of the configuration files in use cannot be read.
void publish_config_problems(Core& core);

/// Those of `initializationOptions`. Bad ones are shown to the user.
void take_initial_settings(Core& core, const nlohmann::json& settings);
/// Asks the client for its settings, if it can be asked.
void request_settings(Core& core);
/// Asks to be told when configuration files or settings change, where the client lets us ask.
void register_capabilities(Core& core);

}  // namespace surefoot::server

#pragma once
// The handlers, one file an area. Each function puts its area's methods into the router.

#include "server/session/router.hpp"

namespace surefoot::server {

void route_lifecycle(Router& router);     // initialize to exit, traces
void route_sync(Router& router);          // open, change, save, close
void route_diagnostics(Router& router);   // pulled diagnostics
void route_code_actions(Router& router);  // fixes, and resolving them
void route_hover(Router& router);
void route_call_hierarchy(Router& router);
void route_hints(Router& router);      // inlay hints and code lenses
void route_workspace(Router& router);  // folders, settings, watched files
void route_commands(Router& router);

}  // namespace surefoot::server

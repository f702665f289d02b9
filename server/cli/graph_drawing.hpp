#pragma once
// Ways of a call graph as a text that other programs draw. Any thread.

#include <string>

#include "analysis/engine/hot_paths.hpp"

namespace surefoot::server {

/// Source: mermaid.js.org, "Flowcharts - Basic Syntax". Sites are shown as seen from the folder.
std::string to_mermaid(const project::CallGraph& graph, const engine::HotPaths& paths, const std::string& folder);

/// Source: graphviz.org, "DOT Language".
std::string to_dot(const project::CallGraph& graph, const engine::HotPaths& paths, const std::string& folder);

}  // namespace surefoot::server

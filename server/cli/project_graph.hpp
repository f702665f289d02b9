#pragma once
// The call graph of files on the disk and of all that they import, for commands.

#include <memory>
#include <string>
#include <vector>

#include "analysis/project/call_graph.hpp"
#include "server/cli/check.hpp"

namespace surefoot::server {

/// Reads the files and what they import. `config` counts for all of them. Files that cannot be read are left out.
std::shared_ptr<const project::CallGraph> read_call_graph(const std::vector<SourceFile>& files,
                                                          const engine::Config& config, const CheckOptions& options);

/// A site as commands show it: its file as seen from the working folder.
ReportedPlace to_place(const project::Site& site, const std::string& working_folder);
/// "app/client.py:30"
std::string row_of(const project::Site& site, const std::string& working_folder);

}  // namespace surefoot::server

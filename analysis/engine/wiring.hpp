#pragma once
// Reads the modules of a project for its call graph: what each function does and calls, what it hands over, and who
// else runs it.

#include <memory>

#include "analysis/engine/config.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/project/call_graph.hpp"
#include "analysis/project/program.hpp"

namespace surefoot::engine {

/// What was read of a module, and the surroundings in which it holds.
struct Wiring {
  project::ModuleCallsPtr calls;
  Surroundings surroundings;
};

/// Walks all of the module with the rules that speak of effects, so keep what it gives as long as it holds. Depends on
/// the module, the configuration and the surroundings. `texts`: where the module's text is found again; null to keep
/// it. Any thread, several at a time.
Wiring wire(const project::ModulePtr& module, const project::Program& program, const Config& config,
            std::shared_ptr<const project::Texts> texts = nullptr);

}  // namespace surefoot::engine

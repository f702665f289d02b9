#pragma once
// Whether a function may become a coroutine without anybody noticing who is not told. Internal to engine/.

#include <string>

#include "analysis/engine/config.hpp"
#include "analysis/project/mentions.hpp"

namespace surefoot::engine {

/// Why not, as a clause about the function: "`load` is a generator". Empty when it may, as far as its definition, its
/// class and the classes of the program tell.
std::string obstacle_to_async(const project::OwnedFunction& function, const project::Program& program,
                              const Config& config);

}  // namespace surefoot::engine

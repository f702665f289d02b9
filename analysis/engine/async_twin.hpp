#pragma once
// What a coroutine does in the place of a call that blocks. Internal to engine/.

#include <functional>
#include <optional>
#include <string_view>

#include "analysis/fixes/file_view.hpp"
#include "analysis/fixes/fix.hpp"
#include "analysis/project/module.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

/// The first call of the module, in the order of the text, for which `is_it` holds; it is given the call and the offset
/// of its unit.
std::optional<fixes::Place> find_call(const project::Module& module,
                                      const std::function<bool(syntax::Node, std::uint32_t)>& is_it);
/// The call that has exactly this span in the file.
std::optional<fixes::Place> find_call(const project::Module& module, text::Span span);

/// True when the tables know an asynchronous twin of what the call calls, and the call can be replaced: by the twin
/// itself where it is reached in the same way (`niquests.get` -> `niquests.aget`), by asyncio's, or in a thread.
bool has_twin(syntax::Node call, std::string_view code, rules::Context& context);

/// The call, awaited; the best one is the last. `call` stands in a coroutine, and `code` is that of the rule that
/// speaks of it.
fixes::Fixes asynchronous_call(const fixes::FileView& file, const fixes::Place& call, std::string_view code,
                               semantics::Resolver& resolver);

}  // namespace surefoot::engine

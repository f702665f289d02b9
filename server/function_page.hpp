#pragma once
// What the call graph tells of a function, as Markdown for a hover. Any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/project/call_graph.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::server {

struct FunctionPage {
  std::string markdown;
  text::Span span;  // the name it is about
};

/// The function whose definition or call is named at the offset: its colour in one line, and the chains behind it. Of a
/// call nothing where the callee has no effect, since there are other hovers.
std::optional<FunctionPage> function_page_at(const project::CallGraph& graph, project::ModuleKey module,
                                             std::uint32_t offset);

/// Says of which files what a server tells about callers is true.
inline constexpr std::string_view kKnownFiles = " in the files known so far";

/// "app/client.py:30", the path as seen from the project's root.
std::string short_place(const project::Site& site);

}  // namespace surefoot::server

#pragma once
// Markdown, lightly dressed for a terminal. Any thread.

#include <string>
#include <string_view>

namespace surefoot::server {

/// Headings and **bold** are bold, `code` is coloured, fenced blocks are indented without their fences, list marks
/// become bullets. Everything else stays as it is.
std::string markdown_for_terminal(std::string_view markdown);

}  // namespace surefoot::server

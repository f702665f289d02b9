#pragma once
// The page of the rule that a place in a file speaks of: one that reports something there, or one whose code stands in
// a suppression comment. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/engine/analyze.hpp"

namespace surefoot::server {

struct RulePage {
  std::string markdown;
  text::Span span;  // what it is about
};

/// Nothing where there is no finding and no code. Of several findings the one with the smallest span comes first.
std::optional<RulePage> page_at(const engine::FileAnalysis& analysis, std::uint32_t offset);

/// For clients that show no Markdown: without fences and heading marks.
std::string to_plain_text(std::string_view markdown);

}  // namespace surefoot::server

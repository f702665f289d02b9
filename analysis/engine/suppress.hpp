#pragma once
// Comments that silence findings: `# surefoot: ignore[RT101] reason`, `# surefoot: ignore`, `# noqa: RT101`, `# noqa`
// on the line, and `# surefoot: ignore-file[RT101]`, `# surefoot: ignore-file` anywhere on a line of its own. Source of
// the noqa form: Flake8 and Ruff documentation, "Error suppression".

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

struct Suppression {
  enum class Scope : std::uint8_t { line, file };
  Scope scope = Scope::line;
  bool is_noqa = false;
  text::Span comment;              // bytes of the text the comment was read from
  std::vector<std::string> codes;  // empty: everything
};

/// Reads one comment; nothing when it suppresses nothing. A comment may hold several (`# noqa: E501  # surefoot:
/// ignore[…]`).
std::vector<Suppression> parse_suppressions(std::string_view comment, std::uint32_t offset);

/// Our rule for a code of flake8-async or Ruff that means the same ("ASYNC251" -> "RT101"); empty when there is none.
std::vector<std::string_view> twins_of(std::string_view peer_code);

}  // namespace surefoot::engine

#pragma once
// Making a text that does not parse readable: what its broken statements hold is masked, byte for byte, so that every
// other statement is read as it would be without them, at its place. tree-sitter's own recovery costs the rest of the
// file where a bracket or a triple quote stays open.

#include <cstdint>
#include <memory>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::syntax {

/// Which pieces of text parse, by their hash. Kept from version to version, so that only what changed is asked again.
using Verdicts = std::unordered_map<std::uint64_t, bool>;

struct Mended {
  text::SourceText text;                  // of the same length
  std::vector<text::Span> unreadable;     // what was masked, in order; empty when nothing was found
  std::shared_ptr<const Verdicts> known;  // those that this text asked for
};

struct MendOptions {
  /// Offsets, in order, of lines that may be wrong though the text parses.
  std::vector<std::uint32_t> suspects;
  /// What is known already; saves time and nothing else.
  const Verdicts* known = nullptr;
  /// Parse each mended top-level statement, and mask as a whole those that are not right even so.
  bool is_careful = false;
  /// The text as a whole is known not to parse; saves time and nothing else.
  bool is_broken = false;
};

/// Masks the broken statements of a text. A broken simple statement becomes a name of its length, a broken header of a
/// block another header that binds nothing (`if _:`, `def name():`), so that the block stays; where there is no room
/// for one the block goes with it. A pure function of text, suspects and care. Linear, but for the parser.
Mended mend(const text::SourceText& text, const MendOptions& options, const std::stop_token& stop = {});

}  // namespace surefoot::syntax

#pragma once
// A TOML text as a tree whose places are byte spans, or the one problem that keeps it from being read.

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <variant>

#include "analysis/engine/config.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

struct TomlDocument {
  toml::table root;
  text::SourceText text;
};

/// Never throws. Refuses what nests so deeply that walking or freeing it would exhaust the stack.
std::variant<TomlDocument, ConfigProblem> read_toml(std::string_view toml);

/// The bytes of a key or value.
text::Span span_of(const text::SourceText& text, const toml::source_region& region);

}  // namespace surefoot::engine

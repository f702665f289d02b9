#pragma once
// One file as a fix (and a rule) sees it: its text, its units with their models, its module. Borrowed; lives as long as
// the analysis that made it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/semantics/python_version.hpp"
#include "analysis/semantics/resolver.hpp"
#include "analysis/syntax/units.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::fixes {

struct FileView {
  std::string_view path;  // relative to the project's root
  const text::SourceText& text;
  const syntax::UnitList& units;
  const std::vector<std::shared_ptr<const semantics::UnitModel>>& models;  // one a unit
  const semantics::ModuleIndex& module;
  const semantics::ProjectFacts& facts;
};

/// A node with the place of its unit: what turns positions in a unit into positions in the file.
struct Place {
  std::size_t unit = 0;  // index in FileView::units
  syntax::Node node;
};

/// The span of a node in the file.
inline text::Span span_in_file(const FileView& file, const Place& place) {
  const std::uint32_t offset = file.units.units[place.unit].offset;
  const text::Span span = place.node.span();
  return {span.start + offset, span.end + offset};
}

}  // namespace surefoot::fixes

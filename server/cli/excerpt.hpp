#pragma once
// A piece of source with its line numbers in a gutter and a range underlined.

#include <cstddef>
#include <string>

#include "server/check/report.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

struct ExcerptLook {
  std::size_t gutter = 1;   // digits of the widest line number
  std::size_t width = 160;  // cells for source; longer lines are cut round the range
  char mark = '^';
  Style style = Style::error;  // of the marks
  bool colour = false;
};

/// The lines of the range, each followed by its marks; of a long range only the first two lines and the last. With an
/// empty line of gutter above. An empty range gets one mark.
std::string excerpt(const ReportedPlace& place, const ExcerptLook& look);

/// The digits that the line numbers of a range take.
std::size_t gutter_width(const ReportedPlace& place);

}  // namespace surefoot::server

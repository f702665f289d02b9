#include "server/cli/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/cli/printable.hpp"

namespace surefoot::server {
namespace {

constexpr std::uint32_t kMostLines = 4;
constexpr std::string_view kCut = "…";

/// A line's visible window and the cells in it that are marked.
struct Window {
  std::string text;
  std::size_t mark_start = 0;
  std::size_t mark_end = 0;
};

/// Cuts a line that is too wide so that the marks are in sight.
Window fit(std::string text, std::size_t cells, std::size_t start, std::size_t end, std::size_t width) {
  if (cells <= width || width < 20) return {std::move(text), start, end};
  const std::size_t room = width - 2;  // a sign of cutting on either side
  const std::size_t lead = std::min<std::size_t>(start, room / 4);
  const std::size_t first = std::min(start - lead, cells - room);
  const bool cut_left = first > 0;
  const bool cut_right = first + room < cells;
  std::string shown = cut_left ? std::string(kCut) : std::string();
  shown += cut_cells(text, first, room);
  if (cut_right) shown += kCut;
  const std::size_t shift = cut_left ? 1 : 0;
  return {std::move(shown), start - first + shift, std::min(end - first, room) + shift};
}

class Excerpt {
 public:
  Excerpt(const ReportedPlace& place, const ExcerptLook& look) : place_(place), look_(look) {}

  std::string build() {
    const std::uint32_t first = place_.text.line_of(place_.span.start);
    std::uint32_t last = place_.text.line_of(place_.span.end);
    // A range that ends where a line starts does not reach into it.
    if (last > first && place_.text.line_start(last) == place_.span.end) --last;
    add_gutter({});
    result_ += '\n';
    for (std::uint32_t line = first; line <= last; ++line) {
      if (last - first >= kMostLines && line == first + 2) {
        add_gutter({});
        result_ += " ...\n";
        line = last;
      }
      add_line(line);
    }
    return std::move(result_);
  }

 private:
  void add_gutter(std::string_view number) {
    result_ += styled(fmt::format("{:>{}} |", number, look_.gutter), Style::information, look_.colour);
  }

  void add_line(std::uint32_t line) {
    const text::Span span = place_.text.line_span(line);
    const std::string_view bytes = place_.text.slice(span);
    const PrintableLine shown = printable_line(bytes);
    const std::size_t indent = std::min(bytes.find_first_not_of(" \t\f"), bytes.size());
    const std::uint32_t mark_from = std::max(place_.span.start, span.start + static_cast<std::uint32_t>(indent));
    const std::size_t from = std::min(mark_from, span.end) - span.start;
    const std::size_t to = std::clamp(place_.span.end, span.start, span.end) - span.start;
    const std::size_t start = shown.cell_of_byte[from];
    const std::size_t end = std::max(shown.cell_of_byte[std::max(from, to)], start + 1);
    const Window window = fit(shown.text, shown.cell_of_byte.back(), start, end, look_.width);
    add_gutter(std::to_string(line + 1));
    result_ += (window.text.empty() ? "" : " ") + window.text + '\n';
    add_gutter({});
    const std::size_t marks = std::max<std::size_t>(window.mark_end, window.mark_start + 1) - window.mark_start;
    result_ += std::string(window.mark_start + 1, ' ') +
               styled(std::string(marks, look_.mark), look_.style, look_.colour) + '\n';
  }

  const ReportedPlace& place_;
  const ExcerptLook& look_;
  std::string result_;
};

}  // namespace

std::string excerpt(const ReportedPlace& place, const ExcerptLook& look) { return Excerpt(place, look).build(); }

std::size_t gutter_width(const ReportedPlace& place) {
  return std::to_string(std::max(place.location.row, place.end_location.row)).size();
}

}  // namespace surefoot::server

#include "analysis/syntax/mend.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "analysis/syntax/logical_lines.hpp"
#include "analysis/syntax/masks.hpp"
#include "analysis/syntax/tree.hpp"

namespace surefoot::syntax {
namespace {

// A logical line alone, in the least code around it that lets it parse.
std::string alone(std::string_view code, LineKind kind) {
  std::string before;
  std::string after = "\n";
  switch (kind) {
    case LineKind::decorator:
      after = "\ndef _(): _\n";
      break;
    case LineKind::clause:
      before = code.starts_with("el") ? "if _: _\n" : "try: _\n";
      break;
    case LineKind::case_:
      before = "match _:\n case _: _\n ";
      break;
    default:
      break;
  }
  return before.append(code).append(after);
}

// The parser takes a NUL for the end of whatever it reads, comments too.
std::string without_nul(std::string_view text) {
  std::string result(text);
  std::replace(result.begin(), result.end(), '\0', ' ');
  return result;
}

class Mender {
 public:
  Mender(std::string_view text, const MendOptions& options, const std::stop_token& stop)
      : text_(text), lines_(text), options_(options), stop_(stop), masked_(text) {}

  Mended run() {
    std::optional<LogicalLine> first = lines_.next(0);
    while (first && !stop_.stop_requested()) first = whole_statement(*first);
    result_.text = text::SourceText(std::move(masked_));
    result_.known = std::make_shared<const Verdicts>(std::move(asked_));
    return std::move(result_);
  }

 private:
  // True for a line that belongs to the top-level statement of the one before it.
  static bool continues(const LogicalLine& line, const LogicalLine& before) {
    const bool is_decorated = before.kind == LineKind::decorator && before.indent == 0;
    return line.indent > 0 || line.kind == LineKind::clause || is_decorated;
  }

  std::optional<LogicalLine> next(const LogicalLine& line) { return lines_.next(lines_.line_after(line.span.end)); }

  // Judges the top-level statement that starts here, and gives the line that starts the next one.
  std::optional<LogicalLine> whole_statement(const LogicalLine& first) {
    bool is_closed = first.is_closed;
    LogicalLine last = first;
    std::optional<LogicalLine> line = next(first);
    for (; is_closed && line && continues(*line, last); line = next(last)) {
      last = *line;
      is_closed = line->is_closed;
    }
    const text::Span span{first.line_start, last.span.end};
    const bool is_whole_text = !std::exchange(is_behind_first_, true) && !line;
    const bool may_be_right = is_closed && !is_suspected(span) && !(options_.is_broken && is_whole_text);
    return may_be_right && parses(code(span.start, last)) ? line : broken_statement(first);
  }

  bool is_suspected(text::Span span) const {
    const auto& all = options_.suspects;
    const auto next = std::lower_bound(all.begin(), all.end(), span.start);
    return next != all.end() && *next < span.end;
  }

  std::optional<LogicalLine> broken_statement(const LogicalLine& first) {
    std::vector<JudgedLine> judged;
    std::optional<LogicalLine> line = first;
    for (; line && (judged.empty() || continues(*line, judged.back().line)); line = next(judged.back().line)) {
      const bool is_right = line->is_closed && !lines_.may_swallow(*line) && parses_alone(*line);
      judged.push_back({is_right ? *line : lines_.cut(*line), !is_right});
    }
    apply(judged);
    return line;
  }

  void apply(const std::vector<JudgedLine>& judged) {
    std::vector<Mask> masks = mask_lines(text_, judged);
    const text::Span span{judged.front().line.line_start, judged.back().line.span.end};
    if (options_.is_careful && !parses(masked(span, masks))) {
      masks = {name_mask({judged.front().line.span.start, span.end})};
    }
    for (const Mask& mask : masks) {
      masked_.replace(mask.span.start, mask.span.size(), mask.content);
      result_.unreadable.push_back(mask.span);
    }
  }

  std::string masked(text::Span span, const std::vector<Mask>& masks) const {
    std::string result(text_.substr(span.start, span.size()));
    for (const Mask& mask : masks) result.replace(mask.span.start - span.start, mask.span.size(), mask.content);
    return result;
  }

  // To the end of the physical line: white space behind a backslash matters.
  std::string_view code(std::uint32_t start, const LogicalLine& last) const {
    return text_.substr(start, lines_.line_after(last.span.end) - start);
  }

  bool parses_alone(const LogicalLine& line) { return parses(alone(code(line.span.start, line), line.kind)); }

  bool parses(std::string_view code) {
    const std::uint64_t key = std::hash<std::string_view>()(code);
    if (const auto found = asked_.find(key); found != asked_.end()) return found->second;
    const auto old = known(key);
    const bool verdict = old ? *old : Parser::of_this_thread().accepts(code, stop_);
    asked_.emplace(key, verdict);
    return verdict;
  }

  std::optional<bool> known(std::uint64_t key) const {
    if (options_.known == nullptr) return std::nullopt;
    const auto found = options_.known->find(key);
    return found == options_.known->end() ? std::nullopt : std::optional(found->second);
  }

  std::string_view text_;
  LogicalLines lines_;
  const MendOptions& options_;
  const std::stop_token& stop_;
  Verdicts asked_;
  std::string masked_;
  bool is_behind_first_ = false;  // of the top-level statements
  Mended result_;
};

}  // namespace

Mended mend(const text::SourceText& text, const MendOptions& options, const std::stop_token& stop) {
  const std::string readable = without_nul(text.bytes());
  return Mender(readable, options, stop).run();
}

}  // namespace surefoot::syntax

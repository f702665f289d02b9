#include "server/rule_page.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::server {
namespace {

bool is_code_letter(char letter) {
  return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
         letter == '-';
}

std::vector<const engine::Finding*> findings_at(const engine::FileAnalysis& analysis, std::uint32_t offset) {
  std::vector<const engine::Finding*> out;
  for (const auto& finding : analysis.findings()) {
    if (finding.span.start <= offset && offset <= finding.span.end) out.push_back(&finding);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto* a, const auto* b) { return a->span.size() < b->span.size(); });
  return out;
}

std::optional<RulePage> page_of_findings(const std::vector<const engine::Finding*>& findings) {
  std::vector<const rules::RuleInfo*> shown;
  RulePage out;
  for (const auto* finding : findings) {
    const auto* rule = rules::find_rule(finding->code);
    if (rule == nullptr || std::find(shown.begin(), shown.end(), rule) != shown.end()) continue;
    if (shown.empty()) {
      out.span = finding->span;
    } else {
      out.markdown += "\n\n---\n\n";
    }
    out.markdown += rule->page;
    shown.push_back(rule);
  }
  return shown.empty() ? std::nullopt : std::optional(std::move(out));
}

/// True if a suppression comment begins before `column` of the line.
bool in_suppression(std::string_view line, std::size_t column) {
  const auto hash = line.find('#');
  if (hash == std::string_view::npos || hash >= column) return false;
  const auto comment = line.substr(hash);
  const auto mark = std::min(comment.find("surefoot:"), comment.find("noqa"));
  return mark != std::string_view::npos && hash + mark < column;
}

std::optional<RulePage> page_of_comment(const text::SourceText& text, std::uint32_t offset) {
  const auto span = text.line_span(text.line_of(offset));
  const auto line = text.slice(span);
  auto start = static_cast<std::size_t>(std::min(offset, span.end) - span.start);
  if (!in_suppression(line, start)) return std::nullopt;
  auto end = start;
  while (start > 0 && is_code_letter(line[start - 1])) --start;
  while (end < line.size() && is_code_letter(line[end])) ++end;
  const auto* rule = rules::find_rule(line.substr(start, end - start));
  if (rule == nullptr) return std::nullopt;
  const auto base = span.start;
  return RulePage{std::string(rule->page),
                  {base + static_cast<std::uint32_t>(start), base + static_cast<std::uint32_t>(end)}};
}

}  // namespace

std::optional<RulePage> page_at(const engine::FileAnalysis& analysis, std::uint32_t offset) {
  if (auto comment = page_of_comment(analysis.text(), offset)) return comment;
  return page_of_findings(findings_at(analysis, offset));
}

std::string to_plain_text(std::string_view markdown) {
  std::string out;
  bool fenced = false;
  while (!markdown.empty()) {
    const auto length = std::min(markdown.find('\n'), markdown.size() - 1) + 1;
    auto line = markdown.substr(0, length);
    markdown.remove_prefix(length);
    if (line.substr(0, 3) == "```") {
      fenced = !fenced;
      continue;
    }
    if (!fenced && line[0] == '#') line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    out += line;
  }
  return out;
}

}  // namespace surefoot::server

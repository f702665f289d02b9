#include "server/convert.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/engine/project.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/text/columns.hpp"
#include "protocol/uri.hpp"

namespace surefoot::server {
namespace {

using protocol::PositionEncoding;

text::ColumnUnit unit_of(PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::kUtf8:
      return text::ColumnUnit::utf8;
    case PositionEncoding::kUtf32:
      return text::ColumnUnit::code_point;
    case PositionEncoding::kUtf16:
      break;
  }
  return text::ColumnUnit::utf16;
}

protocol::DiagnosticSeverity to_severity(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::error:
      return protocol::DiagnosticSeverity::kError;
    case rules::Severity::warning:
      return protocol::DiagnosticSeverity::kWarning;
    case rules::Severity::information:
      return protocol::DiagnosticSeverity::kInformation;
    case rules::Severity::hint:
      break;
  }
  return protocol::DiagnosticSeverity::kHint;
}

/// Where a related place stands: in the document itself, or in another file of its project.
struct RelatedPlace {
  std::string uri;
  std::string shown;  // for the message; empty for the document itself
  const text::SourceText* text;
};

std::optional<RelatedPlace> place_of(const engine::Related& related, const engine::FileAnalysis& analysis,
                                     std::string_view uri) {
  if (related.path.empty()) return RelatedPlace{std::string(uri), {}, &analysis.text()};
  if (analysis.project() == nullptr) return std::nullopt;
  const project::Module* module = analysis.project()->program().module(project::module_key(related.path));
  if (module == nullptr) return std::nullopt;
  return RelatedPlace{protocol::path_to_file_uri(related.path), module->place.path, &module->text};
}

RelatedPlace place_of(const ReportedPlace& place, const std::string& of_finding, const std::string& uri) {
  return {uri, place.filename == of_finding ? std::string() : place.filename, &place.text};
}

/// One line for the message of a diagnostic whose related information cannot be sent as such. Lines count from 1 there,
/// since people read it.
std::string flattened(const RelatedPlace& place, text::Span span, const std::string& message) {
  const std::string line = std::to_string(place.text->line_of(span.start) + 1);
  return "\n" + (place.shown.empty() ? "line " + line : place.shown + ":" + line) + ": " + message;
}

void add_related(protocol::Diagnostic& out, const RelatedPlace& place, text::Span span, const std::string& message,
                 const ClientView& client) {
  if (client.capabilities.diagnostic_related_information) {
    out.related_information.push_back({{place.uri, to_range(*place.text, span, client.encoding)}, message});
  } else {
    out.message += flattened(place, span, message);
  }
}

void add_related(protocol::Diagnostic& out, const engine::Finding& finding, const engine::FileAnalysis& analysis,
                 std::string_view uri, const ClientView& client) {
  for (const auto& related : finding.related) {
    if (const auto place = place_of(related, analysis, uri)) {
      add_related(out, *place, related.span, related.message, client);
    }
  }
}

/// All but where it stands, and what is related. `Finding`: engine::Finding or ReportedFinding.
template <class Finding>
protocol::Diagnostic told(const Finding& finding, const ClientView& client) {
  protocol::Diagnostic out;
  out.severity = to_severity(finding.severity);
  out.code = finding.code;
  out.source = "surefoot";
  out.message = finding.message;
  const rules::RuleInfo* rule = rules::find_rule(finding.code);
  if (rule != nullptr && client.capabilities.diagnostic_code_description) {
    out.code_description_href = rules::rule_url(*rule);
  }
  if (client.capabilities.diagnostic_data) {
    out.data = protocol::JsonValue(
        nlohmann::json{{"v", 1}, {"rule", finding.code}, {"fingerprint", fingerprint_text(finding.fingerprint)}});
  }
  return out;
}

}  // namespace

protocol::Position to_position(const text::SourceText& text, std::uint32_t offset, PositionEncoding encoding) {
  const auto place = text::to_line_column(text, offset, unit_of(encoding));
  return {place.line, place.column};
}

std::uint32_t to_offset(const text::SourceText& text, protocol::Position position, PositionEncoding encoding) {
  return text::to_offset(text, {position.line, position.character}, unit_of(encoding));
}

protocol::Range to_range(const text::SourceText& text, text::Span span, PositionEncoding encoding) {
  return {to_position(text, span.start, encoding), to_position(text, span.end, encoding)};
}

text::Span to_span(const text::SourceText& text, const protocol::Range& range, PositionEncoding encoding) {
  const auto start = to_offset(text, range.start, encoding);
  const auto end = to_offset(text, range.end, encoding);
  return start <= end ? text::Span{start, end} : text::Span{end, start};
}

std::vector<protocol::TextEdit> to_text_edits(const text::SourceText& text, const std::vector<text::TextEdit>& edits,
                                              PositionEncoding encoding) {
  std::vector<protocol::TextEdit> out;
  out.reserve(edits.size());
  for (const auto& edit : edits) out.push_back({to_range(text, edit.span, encoding), edit.content, std::nullopt});
  return out;
}

protocol::Diagnostic to_diagnostic(const engine::Finding& finding, const engine::FileAnalysis& analysis,
                                   std::string_view uri, const ClientView& client) {
  protocol::Diagnostic out = told(finding, client);
  out.range = to_range(analysis.text(), finding.span, client.encoding);
  add_related(out, finding, analysis, uri, client);
  return out;
}

protocol::Diagnostic to_diagnostic(const ReportedFinding& finding,
                                   const std::function<std::string(const std::string& path)>& uri_of,
                                   const ClientView& client) {
  protocol::Diagnostic out = told(finding, client);
  out.range = to_range(finding.place.text, finding.place.span, client.encoding);
  for (const ReportedRelated& related : finding.related) {
    const RelatedPlace place = place_of(related.place, finding.place.filename, uri_of(related.place.filename));
    add_related(out, place, related.place.span, related.message, client);
  }
  return out;
}

std::vector<protocol::Diagnostic> to_diagnostics(const engine::FileAnalysis& analysis, std::string_view uri,
                                                 const ClientView& client) {
  std::vector<protocol::Diagnostic> out;
  out.reserve(analysis.findings().size());
  for (const auto& finding : analysis.findings()) out.push_back(to_diagnostic(finding, analysis, uri, client));
  return out;
}

std::string fingerprint_text(std::uint64_t fingerprint) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, fingerprint >>= 4U) *digit = kDigits[fingerprint & 15U];
  return out;
}

}  // namespace surefoot::server

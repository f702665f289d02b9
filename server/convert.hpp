#pragma once
// The engine's world into the protocol's and back: byte offsets <-> line and character of the negotiated encoding,
// findings -> diagnostics, fixes -> edits. The only such code. Any thread.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/finding.hpp"
#include "analysis/text/source_text.hpp"
#include "protocol/position_encoding.hpp"
#include "protocol/types_action.hpp"
#include "protocol/types_base.hpp"
#include "protocol/types_diagnostic.hpp"
#include "server/check/report.hpp"
#include "server/session/client_view.hpp"

namespace surefoot::server {

/// Total in both directions: a character past the end of its line means the line's end, a line past the last the end
/// of the text (LSP 3.17 "Position").
protocol::Position to_position(const text::SourceText& text, std::uint32_t offset, protocol::PositionEncoding encoding);
std::uint32_t to_offset(const text::SourceText& text, protocol::Position position, protocol::PositionEncoding encoding);

protocol::Range to_range(const text::SourceText& text, text::Span span, protocol::PositionEncoding encoding);
/// A range whose end comes before its start is turned round.
text::Span to_span(const text::SourceText& text, const protocol::Range& range, protocol::PositionEncoding encoding);

std::vector<protocol::TextEdit> to_text_edits(const text::SourceText& text, const std::vector<text::TextEdit>& edits,
                                              protocol::PositionEncoding encoding);

/// A finding of the analysis. `uri`: the document's, in the client's spelling. What the client cannot show as related
/// information is said in the message.
protocol::Diagnostic to_diagnostic(const engine::Finding& finding, const engine::FileAnalysis& analysis,
                                   std::string_view uri, const ClientView& client);
/// All of them.
std::vector<protocol::Diagnostic> to_diagnostics(const engine::FileAnalysis& analysis, std::string_view uri,
                                                 const ClientView& client);

/// The same of a finding of a check of many files, whose file names are absolute paths; `uri_of` gives their URIs.
protocol::Diagnostic to_diagnostic(const ReportedFinding& finding,
                                   const std::function<std::string(const std::string& path)>& uri_of,
                                   const ClientView& client);

/// A fingerprint as it travels in JSON, whose numbers hold only 53 bits: 16 hexadecimal digits.
std::string fingerprint_text(std::uint64_t fingerprint);

}  // namespace surefoot::server

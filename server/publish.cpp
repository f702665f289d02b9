#include "server/publish.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/convert.hpp"

namespace surefoot::server {
namespace {

bool same(const std::vector<engine::Finding>& a, const Snapshot* b) {
  return b != nullptr && b->analysis->findings() == a;
}

protocol::Diagnostic to_diagnostic(const ConfigFileProblem& problem, const ClientView& client) {
  protocol::Diagnostic out;
  out.range = to_range(problem.text, problem.span, client.encoding);
  out.severity = protocol::DiagnosticSeverity::kError;
  out.code = "invalid-configuration";
  out.source = "surefoot";
  out.message = problem.message;
  return out;
}

bool same(const ConfigFileProblem& a, const ConfigFileProblem& b) {
  return a.message == b.message && a.span == b.span && a.text.bytes() == b.text.bytes();
}

}  // namespace

void Publisher::send(std::string_view uri, std::optional<std::int32_t> version,
                     std::vector<protocol::Diagnostic> diagnostics) {
  ++counters_.published;
  client_.notify_text("textDocument/publishDiagnostics",
                      protocol::to_text({std::string(uri), version, std::move(diagnostics)}));
}

void Publisher::pulled(Document& document) {
  document.edited = false;
  document.published = document.snapshot;
}

void Publisher::refresh() {
  refresh_again_ = refreshing_;
  if (std::exchange(refreshing_, true)) return;
  client_.request("workspace/diagnostic/refresh", nullptr, [this](const protocol::Response&) {
    refreshing_ = false;
    if (std::exchange(refresh_again_, false)) refresh();
  });
}

void Publisher::publish(Document& document, const ClientView& client) {
  if (!document.python) return;
  if (client.pulls()) {
    const bool asks_anyway = document.edited || document.published == nullptr;
    if (asks_anyway || document.snapshot == nullptr) return;
    if (!same(document.snapshot->analysis->findings(), document.published.get())) refresh();
    return;
  }
  if (document.snapshot == nullptr) return clear(document, client);
  const auto& findings = document.snapshot->analysis->findings();
  const bool known = !document.edited && same(findings, document.published.get());
  document.edited = false;
  document.published = document.snapshot;
  if (known) return;
  send(document.uri, document.version, to_diagnostics(*document.snapshot->analysis, document.uri, client));
}

void Publisher::clear(Document& document, const ClientView& client) {
  if (client.pulls() || !document.python) return;
  if (!std::exchange(document.published, nullptr)) return;
  send(document.uri, document.version, {});
}

void Publisher::publish_problems(Problems problems, const ClientView& client) {
  for (const auto& [uri, problem] : problems) {
    const auto before = problems_.find(uri);
    if (before != problems_.end() && same(*before->second, *problem)) continue;
    send(uri, std::nullopt, {to_diagnostic(*problem, client)});
  }
  for (const auto& [uri, problem] : problems_) {
    if (problems.find(uri) == problems.end()) send(uri, std::nullopt, {});
  }
  problems_ = std::move(problems);
}

}  // namespace surefoot::server

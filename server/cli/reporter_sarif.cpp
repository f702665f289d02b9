// SARIF 2.1.0, which GitHub code scanning, Azure DevOps and editors read: one run; the results as they come, then the
// rules they speak of. Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (sections in
// comments).
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "analysis/rules/catalogue.hpp"
#include "protocol/uri.hpp"
#include "server/cli/reporter.hpp"
#include "server/convert.hpp"
#include "server/rule_page.hpp"

namespace surefoot::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* kBase = "%SRCROOT%";

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view level_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::error:
      return "error";
    case rules::Severity::warning:
      return "warning";
    case rules::Severity::information:
    case rules::Severity::hint:
      return "note";
  }
  return "warning";
}

/// Braces are placeholders in a message (3.11.5).
Json message(std::string_view text) {
  std::string escaped;
  for (const char each : text) escaped.append(each == '{' || each == '}' ? 2 : 1, each);
  return {{"text", std::move(escaped)}};
}

Json artifact_location(const std::string& filename) {
  if (filename.starts_with('/')) return {{"uri", protocol::path_to_file_uri(filename)}};
  std::string uri = protocol::percent_encode_path(filename);
  // "a:b.py" would have the scheme "a".
  if (uri.substr(0, uri.find('/')).find(':') != std::string::npos) uri.insert(0, "./");
  return {{"uri", std::move(uri)}, {"uriBaseId", kBase}};
}

Json region(const ReportedPlace& place) {
  return {{"startLine", place.location.row},
          {"startColumn", place.location.column},
          {"endLine", place.end_location.row},
          {"endColumn", place.end_location.column}};
}

Json location(const ReportedPlace& place) {
  return {{"physicalLocation", {{"artifactLocation", artifact_location(place.filename)}, {"region", region(place)}}}};
}

Json related_locations(const ReportedFinding& finding) {
  Json all = Json::array();
  for (const ReportedRelated& related : finding.related) {
    Json each = {{"id", all.size()}};
    each.update(location(related.place));
    each["message"] = message(related.message);
    all.push_back(std::move(each));
  }
  return all;
}

/// One change a file, in the order in which the edits name them.
Json artifact_changes(const ReportedFix& fix) {
  Json changes = Json::array();
  for (const ReportedEdit& edit : fix.edits) {
    const Json file = artifact_location(edit.place.filename);
    auto change = std::find_if(changes.begin(), changes.end(),
                               [&](const Json& each) { return each["artifactLocation"] == file; });
    if (change == changes.end()) {
      changes.push_back({{"artifactLocation", file}, {"replacements", Json::array()}});
      change = std::prev(changes.end());
    }
    (*change)["replacements"].push_back(
        {{"deletedRegion", region(edit.place)}, {"insertedContent", {{"text", edit.content}}}});
  }
  return changes;
}

Json fixes(const ReportedFinding& finding) {
  Json all = Json::array();
  for (const ReportedFix& fix : finding.fixes) {
    all.push_back({{"description", message(fix.title)},
                   {"artifactChanges", artifact_changes(fix)},
                   {"properties", {{"applicability", rules::to_string(fix.applicability)}}}});
  }
  return all;
}

/// "precision" and "problem.severity" are what GitHub sorts by (GitHub documentation, "SARIF support for code
/// scanning").
Json descriptor(const rules::RuleInfo& rule) {
  const bool is_default = rule.profile == rules::Profile::standard;
  Json json;
  json["id"] = rule.code;
  json["name"] = rule.name;
  json["shortDescription"] = {{"text", rule.summary}};
  json["fullDescription"] = {{"text", rule.summary}};
  json["help"] = {{"text", to_plain_text(rule.page)}, {"markdown", rule.page}};
  json["helpUri"] = rules::rule_url(rule);
  json["defaultConfiguration"] = {{"enabled", is_default}, {"level", level_of(rule.severity)}};
  const bool is_problem = rule.severity <= rules::Severity::warning;
  json["properties"] = {{"tags", {"reliability", "python"}},
                        {"precision", is_default ? "high" : "medium"},
                        {"problem.severity", is_problem ? level_of(rule.severity) : "recommendation"},
                        {"profile", rules::to_string(rule.profile)}};
  return json;
}

class SarifReporter final : public Reporter {
 public:
  explicit SarifReporter(const ReportTarget& target) : out_(target.out), working_folder_(target.working_folder) {
    out_ << "{\n\"$schema\": \"" << kSchema << "\",\n\"version\": \"2.1.0\",\n\"runs\": [\n{\n"
         << "\"columnKind\": \"unicodeCodePoints\",\n\"results\": [";
  }

  void finding(const ReportedFinding& finding) override {
    Json result;
    result["ruleId"] = finding.code;
    if (const auto index = index_of(finding.code)) result["ruleIndex"] = *index;
    result["level"] = level_of(finding.severity);
    result["message"] = message(finding.message);
    result["locations"] = Json::array({location(finding.place)});
    if (!finding.related.empty()) result["relatedLocations"] = related_locations(finding);
    result["partialFingerprints"] = {{"surefoot/v1", fingerprint_text(finding.fingerprint)}};
    if (!finding.fixes.empty()) result["fixes"] = fixes(finding);
    out_ << (first_ ? "\n" : ",\n") << dumped(result);
    first_ = false;
  }

  void problem(std::string_view text) override {
    problems_.push_back({{"level", "error"}, {"message", message(text)}});
  }

  void finish(const Summary& summary) override {
    Json invocation = {{"executionSuccessful", summary.errors == 0}};
    if (!problems_.empty()) invocation["toolExecutionNotifications"] = std::move(problems_);
    const std::string root = working_folder_.ends_with('/') ? working_folder_ : working_folder_ + "/";
    const Json bases = {{kBase, {{"uri", protocol::path_to_file_uri(root)}}}};
    out_ << (first_ ? "],\n" : "\n],\n") << "\"invocations\": [" << dumped(invocation) << "],\n"
         << "\"originalUriBaseIds\": " << dumped(bases) << ",\n\"tool\": {\"driver\": " << dumped(driver())
         << "}\n}\n]\n}\n";
  }

 private:
  /// The place of a rule among those of the run (3.52.4), in the order of their first findings.
  std::optional<std::size_t> index_of(const std::string& code) {
    const rules::RuleInfo* rule = rules::find_rule(code);
    if (rule == nullptr) return std::nullopt;
    const auto known = std::find(rules_.begin(), rules_.end(), rule);
    if (known != rules_.end()) return static_cast<std::size_t>(known - rules_.begin());
    rules_.push_back(rule);
    return rules_.size() - 1;
  }

  Json driver() const {
    Json json = {{"name", "surefoot"},
                 {"version", SUREFOOT_VERSION},
                 {"semanticVersion", SUREFOOT_VERSION},
                 {"informationUri", "https://surefoot.dev/"},
                 {"rules", Json::array()}};
    for (const rules::RuleInfo* rule : rules_) json["rules"].push_back(descriptor(*rule));
    return json;
  }

  std::ostream& out_;
  std::string working_folder_;
  std::vector<const rules::RuleInfo*> rules_;
  Json problems_ = Json::array();
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_sarif_reporter(const ReportTarget& target) {
  return std::make_unique<SarifReporter>(target);
}

}  // namespace surefoot::server

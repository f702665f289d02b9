// One JSON array; the shape of an element is a promise to scripts: keys are added, never renamed.
#include <nlohmann/json.hpp>

#include "server/cli/json_place.hpp"
#include "server/cli/reporter.hpp"
#include "server/convert.hpp"

namespace surefoot::server {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const ReportedFix& fix) {
  Json edits = Json::array();
  for (const ReportedEdit& edit : fix.edits) {
    Json each;
    each["filename"] = edit.place.filename;
    each["content"] = edit.content;
    each["location"] = to_json(edit.place.location);
    each["end_location"] = to_json(edit.place.end_location);
    edits.push_back(std::move(each));
  }
  Json json;
  json["title"] = fix.title;
  json["applicability"] = rules::to_string(fix.applicability);
  json["edits"] = std::move(edits);
  return json;
}

Json to_json(const ReportedFinding& finding) {
  Json json;
  json["code"] = finding.code;
  json["name"] = finding.name;
  json["severity"] = rules::to_string(finding.severity);
  json["message"] = finding.message;
  add_place(json, finding.place);
  json["related"] = Json::array();
  for (const ReportedRelated& related : finding.related) {
    Json each;
    each["message"] = related.message;
    add_place(each, related.place);
    json["related"].push_back(std::move(each));
  }
  json["fixes"] = Json::array();
  for (const ReportedFix& fix : finding.fixes) json["fixes"].push_back(to_json(fix));
  json["url"] = finding.url;
  json["fingerprint"] = fingerprint_text(finding.fingerprint);
  return json;
}

class JsonReporter final : public Reporter {
 public:
  explicit JsonReporter(std::ostream& out) : out_(out) {}

  void finding(const ReportedFinding& finding) override {
    // Bytes of a file in another encoding than UTF-8 cannot stand in JSON: they become U+FFFD.
    out_ << (first_ ? "[\n" : ",\n") << to_json(finding).dump(2, ' ', false, Json::error_handler_t::replace);
    first_ = false;
  }

  void finish(const Summary& /*summary*/) override { out_ << (first_ ? "[]\n" : "\n]\n"); }

 private:
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(const ReportTarget& target) {
  return std::make_unique<JsonReporter>(target.out);
}

}  // namespace surefoot::server

#include "server/check/check_file.hpp"

#include <memory>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/rules/catalogue.hpp"
#include "server/check/write_file.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using AnalysisPtr = std::shared_ptr<const engine::FileAnalysis>;

/// Turns what the engine says about one file into what users read.
class Translation {
 public:
  Translation(const SourceFile& file, const FileCheckOptions& options, const Texts& texts)
      : file_(file), options_(options), texts_(texts) {}

  ReportedFinding translate(const ToldFinding& told) const {
    const engine::Finding& finding = told.finding;
    ReportedFinding reported;
    reported.code = finding.code;
    reported.name = finding.name;
    reported.severity = finding.severity;
    reported.message = finding.message;
    reported.place = place({}, finding.span);
    reported.fingerprint = finding.fingerprint;
    for (const engine::Related& each : finding.related) {
      reported.related.push_back({each.message, place(each.path, each.span)});
    }
    for (const engine::Fix& fix : told.fixes.offered) reported.fixes.push_back(translate(fix));
    reported.no_fix_reason = told.fixes.reason;
    if (const auto* rule = rules::find_rule(finding.code)) reported.url = rules::rule_url(*rule);
    return reported;
  }

 private:
  ReportedFix translate(const engine::Fix& fix) const {
    ReportedFix reported{fix.title, fix.applicability, {}};
    for (const engine::FileEdits& edits : fix.files) {
      for (const text::TextEdit& edit : edits.edits) {
        reported.edits.push_back({edit.content, place(edits.path, edit.span)});
      }
    }
    return reported;
  }

  /// `path` is empty for the file itself, else the location of another one of the project.
  ReportedPlace place(const std::string& path, text::Span span) const {
    const std::string shown = path.empty() ? file_.shown : relative_path(path, options_.working_folder);
    return to_place(shown, texts_(path), span);
  }

  const SourceFile& file_;
  const FileCheckOptions& options_;
  const Texts& texts_;
};

Told tell(const engine::FileAnalysis& analysis, std::vector<project::ModuleKey>& asked) {
  Told told;
  for (const engine::Finding& finding : analysis.findings()) {
    told.push_back({finding, analysis.fixes_asking(finding, asked)});
  }
  return told;
}

}  // namespace

std::vector<ReportedFinding> to_reported(const SourceFile& file, const Told& told, const FileCheckOptions& options,
                                         const Texts& texts) {
  const Translation translation(file, options, texts);
  std::vector<ReportedFinding> reported;
  for (const ToldFinding& one : told) reported.push_back(translation.translate(one));
  return reported;
}

CheckedFile check_file(const SourceFile& file, LoadedFile loaded, const engine::ProjectPtr& project) {
  CheckedFile checked{std::move(loaded), nullptr};
  if (checked.loaded.module != nullptr) {
    checked.analysis = engine::check(checked.loaded.module, file.config->config, project);
  }
  return checked;
}

FileResult finish_file(const SourceFile& file, CheckedFile checked,
                       const std::shared_ptr<const project::Effects>& effects, const FileCheckOptions& options,
                       bool writes) {
  FileResult result;
  const LoadedFile& loaded = checked.loaded;
  result.error = loaded.error;
  if (checked.analysis == nullptr) return result;
  AnalysisPtr analysis = engine::conclude(std::move(checked.analysis), effects);
  if (options.fix != FixMode::none) {
    engine::FixAllResult fixed = engine::fix_all(*analysis, options.up_to);
    const text::SourceText& text = loaded.module->text;
    result.fixed = fixed.fixed;
    result.before = loaded.byte_order_mark + std::string(text.bytes());
    result.after = loaded.byte_order_mark + fixed.text;
    if (fixed.text != text.bytes()) {
      analysis = engine::analyze({loaded.module->place, text::SourceText(std::move(fixed.text))}, file.config->config,
                                 analysis->project());
    }
  }
  result.asked = analysis->asked();
  result.told = tell(*analysis, result.asked);
  result.findings = to_reported(file, result.told, options, [&](const std::string& location) {
    if (location.empty()) return analysis->text();
    const project::Module* other = analysis->project()->program().module(project::module_key(location));
    return other == nullptr ? text::SourceText() : other->text;
  });
  if (writes && options.fix == FixMode::apply && result.changed()) {
    result.error = replace_file(file.path, result.before, result.after);
  }
  return result;
}

}  // namespace surefoot::server

#include "server/cli/check_file.hpp"

#include <memory>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/rules/catalogue.hpp"
#include "server/cli/write_file.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using AnalysisPtr = std::shared_ptr<const engine::FileAnalysis>;

/// Turns what the engine says about one analysis into what users read.
class Translation {
 public:
  Translation(const SourceFile& file, const FileCheckOptions& options, const engine::FileAnalysis& analysis)
      : file_(file), options_(options), analysis_(analysis) {}

  std::vector<ReportedFinding> findings() const {
    std::vector<ReportedFinding> reported;
    for (const engine::Finding& finding : analysis_.findings()) reported.push_back(translate(finding));
    return reported;
  }

 private:
  ReportedFinding translate(const engine::Finding& finding) const {
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
    engine::Fixes fixes = analysis_.fixes(finding);
    for (engine::Fix& fix : fixes.offered) reported.fixes.push_back(translate(std::move(fix)));
    reported.no_fix_reason = std::move(fixes.reason);
    if (const auto* rule = rules::find_rule(finding.code)) reported.url = rules::rule_url(*rule);
    return reported;
  }

  ReportedFix translate(engine::Fix fix) const {
    ReportedFix reported{std::move(fix.title), fix.applicability, {}};
    for (engine::FileEdits& edits : fix.files) {
      for (text::TextEdit& edit : edits.edits) {
        reported.edits.push_back({std::move(edit.content), place(edits.path, edit.span)});
      }
    }
    return reported;
  }

  /// `path` is empty for the file itself, else the location of another one of the project.
  ReportedPlace place(const std::string& path, text::Span span) const {
    if (path.empty()) return to_place(file_.shown, analysis_.text(), span);
    const project::Module* other = analysis_.project()->program().module(project::module_key(path));
    return to_place(relative_path(path, options_.working_folder), other == nullptr ? text::SourceText() : other->text,
                    span);
  }

  const SourceFile& file_;
  const FileCheckOptions& options_;
  const engine::FileAnalysis& analysis_;
};

}  // namespace

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
  result.findings = Translation(file, options, *analysis).findings();
  if (writes && options.fix == FixMode::apply && result.changed()) {
    result.error = replace_file(file.path, result.before, result.after);
  }
  return result;
}

}  // namespace surefoot::server

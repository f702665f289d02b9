#include "server/cli/check_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <variant>

#include "analysis/engine/analyze.hpp"
#include "analysis/rules/catalogue.hpp"
#include "server/cli/write_file.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/paths.hpp"
#include "server/workspace/python_source.hpp"

namespace surefoot::server {
namespace {

using AnalysisPtr = std::shared_ptr<const engine::FileAnalysis>;

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1U << 20U));
}

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

  /// `path` is empty for the file itself, else relative to the project.
  ReportedPlace place(const std::string& path, text::Span span) const {
    if (path.empty()) return to_place(file_.shown, analysis_.text(), span);
    const std::string absolute = join_path(file_.config->root, path);
    auto source = read_python(read_file(absolute, options_.largest_file).bytes);
    const auto* other = std::get_if<PythonSource>(&source);
    return to_place(relative_path(absolute, options_.working_folder),
                    other == nullptr ? text::SourceText() : other->text, span);
  }

  const SourceFile& file_;
  const FileCheckOptions& options_;
  const engine::FileAnalysis& analysis_;
};

AnalysisPtr analyze(const SourceFile& file, text::SourceText text) {
  return engine::analyze({relative_path(file.path, file.config->root), std::move(text)}, file.config->config);
}

std::string refusal(const ReadResult& read, std::uint64_t largest) {
  if (read.status == ReadStatus::too_large) {
    return fmt::format("is too large to check ({}; the limit is {}, see --max-file-size)", megabytes(read.size),
                       megabytes(largest));
  }
  return "cannot be read: " + read.reason;
}

}  // namespace

FileResult check_bytes(const SourceFile& file, std::string bytes, const FileCheckOptions& options) {
  FileResult result;
  if (bytes.size() > options.largest_file) {
    result.error = refusal({ReadStatus::too_large, {}, {}, bytes.size()}, options.largest_file);
    return result;
  }
  auto read = read_python(std::move(bytes));
  if (auto* why = std::get_if<std::string>(&read)) {
    result.error = std::move(*why);
    return result;
  }
  const auto& source = std::get<PythonSource>(read);
  AnalysisPtr analysis = analyze(file, source.text);
  if (options.fix != FixMode::none) {
    engine::FixAllResult fixed = engine::fix_all(*analysis, options.up_to);
    result.fixed = fixed.fixed;
    result.before = source.byte_order_mark + std::string(source.text.bytes());
    result.after = source.byte_order_mark + fixed.text;
    if (fixed.text != source.text.bytes()) analysis = analyze(file, text::SourceText(std::move(fixed.text)));
  }
  result.findings = Translation(file, options, *analysis).findings();
  return result;
}

FileResult check_file(const SourceFile& file, const FileCheckOptions& options) {
  if (file.path.ends_with(".ipynb")) {
    FileResult result;
    result.error = "is a notebook, and those are not supported";
    return result;
  }
  ReadResult read = read_file(file.path, options.largest_file);
  if (read.status != ReadStatus::found) {
    FileResult result;
    result.error = refusal(read, options.largest_file);
    return result;
  }
  FileResult result = check_bytes(file, std::move(read.bytes), options);
  if (options.fix == FixMode::apply && result.error.empty() && result.changed()) {
    result.error = replace_file(file.path, result.before, result.after);
  }
  return result;
}

}  // namespace surefoot::server

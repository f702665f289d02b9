#include "tests/unit/server/fake_analysis.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace surefoot::test {
namespace {

using engine::Finding;
using engine::Fix;
using rules::Applicability;
using text::Span;

struct Word {
  std::string_view word;
  const char* code;
  std::vector<std::pair<const char*, Applicability>> fixes;
};

const std::vector<Word>& words() {
  static const std::vector<Word> all = {
      {"BAD", "RT101", {{"GOOD", Applicability::safe}, {"FINE", Applicability::unsafe}}},
      {"TWICE", "RT104", {{"ONE", Applicability::safe}, {"TWO", Applicability::safe}}},
      {"RISKY", "RT116", {{"SAFE", Applicability::unsafe}}},
      {"STUCK", "RT202", {}},
      {"CHAIN", "RT401", {}},
  };
  return all;
}

const Word& word_of(const Finding& finding) {
  return *std::find_if(words().begin(), words().end(), [&](const Word& word) { return word.code == finding.code; });
}

Fix replacement(Span span, const std::string& content, Applicability applicability) {
  return {"Write " + content, applicability, {{"", {{span, content}}}}};
}

class WordAnalysis final : public engine::FileAnalysis {
 public:
  WordAnalysis(engine::FileInput input, server::ConfigPtr config, std::shared_ptr<FakeEngine> engine)
      : input_(std::move(input)), config_(std::move(config)), engine_(std::move(engine)) {
    for (const auto& word : words()) find(word);
    std::sort(findings_.begin(), findings_.end(), [](const auto& a, const auto& b) { return a.span < b.span; });
  }

  const std::string& path() const override { return input_.place.path; }
  const text::SourceText& text() const override { return input_.text; }
  const server::ConfigPtr& config() const override { return config_; }
  const std::vector<Finding>& findings() const override { return findings_; }
  engine::Counters counters() const override { return {}; }

  engine::Fixes fixes(const Finding& finding) const override {
    engine_->fixing();
    engine::Fixes out;
    for (const auto& [content, applicability] : word_of(finding).fixes) {
      out.offered.push_back(replacement(finding.span, content, applicability));
    }
    if (finding.code == "RT202") out.reason = "it is stuck on line " + std::to_string(line_of(finding) + 1);
    return out;
  }

  Fix suppression(const Finding& finding) const override {
    const auto end = text().line_span(line_of(finding)).end;
    return {"Suppress", Applicability::safe, {{"", {{{end, end}, "  # quiet"}}}}};
  }

 private:
  std::uint32_t line_of(const Finding& finding) const { return text().line_of(finding.span.start); }

  void find(const Word& word) {
    const auto& ignored = config_->ignore;
    if (std::find(ignored.begin(), ignored.end(), word.code) != ignored.end()) return;
    const auto bytes = text().bytes();
    for (auto at = bytes.find(word.word); at != std::string_view::npos; at = bytes.find(word.word, at + 1)) {
      Finding finding{word.code, "name", rules::Severity::warning, "found " + std::string(word.word), {}, {}, 7};
      finding.span = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + word.word.size())};
      if (word.word == "CHAIN") finding.related.push_back({"", {0, 1}, "it began here"});
      const auto line = text().slice(text().line_span(line_of(finding)));
      if (line.find("# quiet") == std::string_view::npos) findings_.push_back(std::move(finding));
    }
  }

  engine::FileInput input_;
  server::ConfigPtr config_;
  std::shared_ptr<FakeEngine> engine_;
  std::vector<Finding> findings_;
};

engine::FixAllResult fix_all(const engine::FileAnalysis& analysis, Applicability up_to,
                             const std::vector<std::string>& codes) {
  std::vector<text::TextEdit> edits;
  for (const auto& finding : analysis.findings()) {
    const auto fixes = analysis.fixes(finding);
    const bool wanted = codes.empty() || std::find(codes.begin(), codes.end(), finding.code) != codes.end();
    if (!wanted || fixes.offered.empty() || fixes.offered.front().applicability > up_to) continue;
    edits.push_back(fixes.offered.front().files.front().edits.front());
  }
  const auto fixed = static_cast<std::uint32_t>(edits.size());
  return {text::apply_edits(analysis.text().bytes(), std::move(edits)), fixed};
}

}  // namespace

server::Analyzer fake_analyzer(std::shared_ptr<FakeEngine> engine) {
  server::Analyzer out;
  out.analyze = [engine](engine::FileInput input, server::ConfigPtr config, const engine::ProjectPtr&,
                         const std::stop_token&) {
    ++engine->analyzed;
    engine->during();
    return std::make_shared<const WordAnalysis>(std::move(input), std::move(config), engine);
  };
  out.reanalyze = [engine](const engine::FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                           server::ConfigPtr config, const engine::ProjectPtr&, const std::stop_token&) {
    ++engine->reanalyzed;
    engine->edits = static_cast<int>(edits.size());
    engine->during();
    auto text = previous.text();
    for (const auto& edit : edits) text = text.with_edit(edit);
    return std::make_shared<const WordAnalysis>(engine::FileInput{{previous.path(), {}}, std::move(text)},
                                                std::move(config), engine);
  };
  out.fix_all = fix_all;
  return out;
}

}  // namespace surefoot::test

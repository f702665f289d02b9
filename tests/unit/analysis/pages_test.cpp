// Every rule's page is its test: see page.hpp for how pages are read.

#include <algorithm>
#include <regex>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/syntax/tree.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

std::shared_ptr<const engine::Config> config_for(const Example& example) {
  auto config = std::make_shared<engine::Config>();
  if (!example.config.empty()) {
    auto parsed = engine::parse_config(example.config, engine::ConfigFile::surefoot);
    if (auto* problem = std::get_if<engine::ConfigProblem>(&parsed)) FAIL(problem->message);
    *config = std::get<engine::LoadedConfig>(parsed).config;
  }
  if (example.strict) config->profile = rules::Profile::strict;
  if (!example.target.empty()) config->target_version = engine::parse_target_version(example.target);
  return config;
}

std::string describe(const text::SourceText& text, const engine::Finding& finding) {
  const std::uint32_t line = text.line_of(finding.span.start);
  return "line " + std::to_string(line + 1) + ": " + finding.code + " " + finding.message + " at `" +
         std::string(text.slice(finding.span)) + "`";
}

bool matches(const Marker& marker, const text::SourceText& text, const engine::Finding& finding) {
  if (finding.code != marker.code || text.line_of(finding.span.start) != marker.line) return false;
  if (!marker.exact) return true;
  const std::uint32_t start = text.line_start(marker.line);
  return finding.span.start == start + marker.column && finding.span.end == start + marker.end_column &&
         finding.message.find(marker.message) != std::string::npos;
}

engine::ProjectPtr project_of(const Example& example, const std::shared_ptr<const engine::Config>& config) {
  std::vector<project::ModulePtr> modules;
  for (const ExampleFile& file : example.others) {
    modules.push_back(engine::read_file({file.path, {}}, text::SourceText(file.code)));
  }
  return std::make_shared<const engine::Project>(std::make_shared<const project::Program>(std::move(modules)), config);
}

void check_markers(const ExampleFile& example, const rules::RuleInfo& rule, const engine::FileAnalysis& analysis) {
  std::vector<const engine::Finding*> open;
  for (const engine::Finding& finding : analysis.findings()) {
    const bool marked = std::any_of(example.markers.begin(), example.markers.end(),
                                    [&](const Marker& marker) { return marker.code == finding.code; });
    if (finding.code == rule.code || marked) open.push_back(&finding);
  }
  for (const Marker& marker : example.markers) {
    const auto found = std::find_if(open.begin(), open.end(), [&](const engine::Finding* finding) {
      return matches(marker, analysis.text(), *finding);
    });
    std::string all;
    for (const engine::Finding& finding : analysis.findings()) all += describe(analysis.text(), finding) + "\n";
    INFO("expected " << marker.code << " on line " << marker.line + 1 << " of the block; found:\n" << all);
    CHECK(found != open.end());
    if (found != open.end()) open.erase(found);
  }
  for (const engine::Finding* finding : open) {
    INFO("not expected: " << describe(analysis.text(), *finding));
    CHECK(false);
  }
}

// The text after the chosen fix of each finding of the rule, one after the other, as an editor's user would apply them.
std::string apply_choice(std::shared_ptr<const engine::FileAnalysis> analysis, const rules::RuleInfo& rule,
                         std::size_t choice) {
  for (std::size_t tries = 0, skip = 0; tries < 20; ++tries) {
    std::vector<engine::Finding> findings;
    for (const engine::Finding& finding : analysis->findings()) {
      if (finding.code == rule.code) findings.push_back(finding);
    }
    if (skip >= findings.size()) break;
    const engine::Fixes fixes = analysis->fixes(findings[skip]);
    if (choice >= fixes.offered.size()) {
      ++skip;
      continue;
    }
    std::string text = text::apply_edits(analysis->text().bytes(), fixes.offered[choice].files.front().edits);
    analysis = engine::analyze({{analysis->path(), {}}, text::SourceText(std::move(text))}, analysis->config(),
                               analysis->project());
  }
  return std::string(analysis->text().bytes());
}

}  // namespace

TEST_CASE("every example of every page is found, silent and fixed as the page says") {
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    const std::vector<Example> examples = read_examples(rule.page);
    INFO("rule " << rule.code << " " << rule.name);
    CHECK_FALSE(examples.empty());
    for (const Example& example : examples) {
      INFO(rule.name << ".md:" << example.page_line);
      const auto config = config_for(example);
      const engine::ProjectPtr project = project_of(example, config);
      const auto analysis = engine::analyze({{example.path, {}}, text::SourceText(example.code)}, config, project);
      check_markers(example, rule, *analysis);
      const engine::ProjectPtr whole = project->with(analysis->module());
      for (const ExampleFile& other : example.others) {
        check_markers(other, rule, *engine::analyze({{other.path, {}}, text::SourceText(other.code)}, config, whole));
      }
      for (const Example::Fixed& fixed : example.fixed) {
        const std::string text = apply_choice(analysis, rule, fixed.choice);
        CHECK(text == fixed.code);
        CHECK_FALSE(syntax::Parser::of_this_thread().parse(text).has_error());
      }
    }
  }
}

TEST_CASE("a page and its rule agree on code, name, severity and profile") {
  static const std::regex kFacts(R"(\*\*(error|warning|information|hint)\*\* · (on by default|strict) · fix: .+)");
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    INFO("rule " << rule.code);
    const std::string page(rule.page);
    CHECK(page.starts_with("# " + std::string(rule.code) + " " + std::string(rule.name) + "\n"));
    std::smatch facts;
    const std::size_t start = page.find("\n**") + 1;
    const std::string line = page.substr(start, page.find('\n', start) - start);
    REQUIRE(std::regex_match(line, facts, kFacts));
    CHECK(facts[1] == std::string(rules::to_string(rule.severity)));
    CHECK((facts[2] == "strict") == (rule.profile == rules::Profile::strict));
    for (const char* section : {"\n## Why\n", "\n## Examples\n", "\n## Silent when\n"}) {
      CHECK_THAT(page, ContainsSubstring(section));
    }
  }
}

TEST_CASE("codes and names are unique") {
  const auto rules = rules::catalogue();
  for (std::size_t i = 1; i < rules.size(); ++i) {
    CHECK(rules[i - 1].code < rules[i].code);
    for (std::size_t j = 0; j < i; ++j) CHECK(rules[i].name != rules[j].name);
  }
}

}  // namespace surefoot::test

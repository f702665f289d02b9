#include "analysis/engine/file_analysis.hpp"

#include <algorithm>

#include "analysis/engine/raise.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

// The statement around a node, up to its body when it has one: where a suppression comment may stand.
text::Span statement_span(syntax::Node node) {
  while (node.parent() && !syntax::is_statement(node.kind())) node = node.parent();
  text::Span span = node.span();
  for (const syntax::Field field : {syntax::Field::body, syntax::Field::consequence}) {
    if (const syntax::Node body = node.child(field)) span.end = std::min(span.end, body.start());
  }
  if (const syntax::Node body = node.child(syntax::Kind::block)) span.end = std::min(span.end, body.start());
  return span;
}

// True when a comment at this offset (the end of `line`) would be part of a string or follow a line continuation.
bool is_inside_token(const syntax::Ast& ast, std::uint32_t offset, std::string_view line) {
  if (line.ends_with('\\')) return true;
  for (std::uint32_t i = 0; i < ast.size(); ++i) {
    const syntax::Node node = ast.node(i);
    if (node.is(syntax::Kind::string) && node.start() < offset && offset < node.end()) return true;
  }
  return false;
}

const std::shared_ptr<const UnitReports>& nothing() {
  static const auto reports = [] {
    UnitReports empty;
    empty.facts = std::make_shared<const project::UnitFacts>();
    return std::make_shared<const UnitReports>(std::move(empty));
  }();
  return reports;
}

}  // namespace

AnalyzedFile::AnalyzedFile(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project,
                           syntax::Tree tree)
    : module_(std::move(module)), config_(std::move(config)), project_(std::move(project)), tree_(std::move(tree)) {}

void AnalyzedFile::run(const AnalyzedFile* previous, const std::stop_token& stop) {
  semantics::Resolver resolver(*module_->index, &project_->program());
  check_units(previous, stop, resolver);
  if (!stop.stop_requested()) conclude(resolver);
}

void AnalyzedFile::check(const std::stop_token& stop) {
  semantics::Resolver resolver(*module_->index, &project_->program());
  check_units(nullptr, stop, resolver);
}

void AnalyzedFile::conclude(std::shared_ptr<const project::Effects> effects) {
  effects_ = std::move(effects);
  semantics::Resolver resolver(*module_->index, &project_->program());
  conclude(resolver);
}

void AnalyzedFile::conclude(semantics::Resolver& resolver) {
  raise_effects(resolver);
  collect(*selection_, resolver);
  concluded_ = Surroundings::of(project_->program(), resolver);
}

bool AnalyzedFile::has_same_surroundings(const AnalyzedFile& previous) const {
  return previous.module_->index->shape() == module_->index->shape() &&
         previous.module_->index->location() == module_->index->location() &&
         (previous.config_ == config_ || *previous.config_ == *config_) &&
         previous.surroundings_.hold_in(project_->program());
}

void AnalyzedFile::check_units(const AnalyzedFile* previous, const std::stop_token& stop,
                               semantics::Resolver& resolver) {
  const bool same_config = previous != nullptr && previous->path() == path() &&
                           (previous->config_ == config_ || *previous->config_ == *config_);
  if (same_config) config_ = previous->config_;  // which the selection borrows
  selection_ = same_config ? previous->selection_ : std::make_shared<const Selection>(*config_, path());
  const bool same = previous != nullptr && has_same_surroundings(*previous);
  counters_.units = static_cast<std::uint32_t>(module_->units.units.size());
  counters_.units_rebuilt = module_->units.rebuilt;
  const fixes::FileView file = view();
  for (std::size_t i = 0; i < module_->models.size(); ++i) {
    const std::uint32_t before = module_->units.units[i].previous;
    if (same && before != syntax::kNew && previous->module_->models[before] == module_->models[i]) {
      reports_.push_back(previous->reports_[before]);
      continue;
    }
    if (stop.stop_requested()) {
      reports_.push_back(nothing());
      continue;
    }
    ++counters_.units_rechecked;
    reports_.push_back(
        std::make_shared<const UnitReports>(check_unit(file, i, resolver, *selection_, config_->profile)));
  }
  surroundings_ = Surroundings::of(project_->program(), resolver);
  if (same) surroundings_.add(previous->surroundings_);
  facts_ = join_facts(file, reports_, resolver);
  if (!stop.stop_requested()) project_->offer(*module_, facts_, surroundings_);
}

std::uint64_t AnalyzedFile::interface_hash() const {
  return text::Hasher().add(module_->index->shape()).add(facts_ == nullptr ? 0 : facts_->hash).value();
}

fixes::FileView AnalyzedFile::view() const {
  return {module_->place.path, module_->text, module_->units, module_->models, *module_->index, *config_};
}

std::vector<Suppression> AnalyzedFile::suppressions() const {
  std::vector<Suppression> all;
  for (const text::Span comment : module_->units.comments) {
    const auto found = parse_suppressions(module_->text.slice(comment), comment.start);
    all.insert(all.end(), found.begin(), found.end());
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    for (Suppression one : reports_[i]->suppressions) {
      one.comment.start += module_->units.units[i].offset;
      one.comment.end += module_->units.units[i].offset;
      all.push_back(std::move(one));
    }
  }
  return all;
}

const rules::Report& AnalyzedFile::report_at(const Source& source) const {
  const auto& own = reports_[source.unit]->reports;
  return source.report < own.size() ? own[source.report] : raised_[source.unit][source.report - own.size()].report;
}

AnalyzedFile::Candidate AnalyzedFile::candidate(std::size_t unit, std::size_t number) const {
  const rules::Report& report = report_at({unit, number});
  const std::uint32_t offset = module_->units.units[unit].offset;
  Candidate result;
  Finding& finding = result.finding;
  finding.code = report.rule->code;
  finding.name = report.rule->name;
  finding.severity = report.severity;
  finding.message = report.message;
  finding.span = {report.span.start + offset, report.span.end + offset};
  const text::Span statement = statement_span(module_->models[unit]->unit->ast.node(report.node));
  result.lines = {module_->text.line_of(finding.span.start),
                  std::max(module_->text.line_of(finding.span.end), module_->text.line_of(statement.end + offset))};
  result.source = {unit, number};
  const std::size_t own = reports_[unit]->reports.size();
  if (number >= own) finding.related = raised_[unit][number - own].related;
  return result;
}

Fixes AnalyzedFile::fixes(const Finding& finding) const {
  std::vector<project::ModuleKey> asked;
  return fixes_asking(finding, asked);
}

Fixes AnalyzedFile::fixes_asking(const Finding& finding, std::vector<project::ModuleKey>& asked) const {
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i].fingerprint != finding.fingerprint || findings_[i].span != finding.span ||
        findings_[i].code != finding.code) {
      continue;
    }
    if (sources_[i].unit >= reports_.size()) return unused_fix(finding);
    const rules::Report& report = report_at(sources_[i]);
    const auto fix = report.variant == rules::kThroughHelper ? through_helper_rule().fix : report.rule->fix;
    if (fix == nullptr) return {};
    if (module_->models[sources_[i].unit]->unit->ast.node(report.node).has_error()) {
      return {{}, "the code has a syntax error"};
    }
    const fixes::FileView file = view();
    semantics::Resolver resolver(*module_->index, &project_->program());
    rules::Context context(file, sources_[i].unit, resolver, config_->profile);
    Fixes fixes;
    try {
      fixes = fix(report, context);
    } catch (...) {
    }
    for (const auto& [key, shape] : Surroundings::of(project_->program(), resolver).asked) asked.push_back(key);
    return fixes;
  }
  return {};
}

// The end of the code of the first line of the finding on which a comment can stand.
std::uint32_t AnalyzedFile::comment_place(const Finding& finding) const {
  text::Span lines{module_->text.line_of(finding.span.start), module_->text.line_of(finding.span.end)};
  const syntax::Ast* ast = nullptr;
  std::uint32_t offset = 0;
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i] != finding || sources_[i].unit >= reports_.size()) continue;
    ast = &module_->models[sources_[i].unit]->unit->ast;
    offset = module_->units.units[sources_[i].unit].offset;
    lines = candidate(sources_[i].unit, sources_[i].report).lines;
  }
  for (std::uint32_t line = lines.start; line <= lines.end; ++line) {
    const text::Span span = module_->text.line_span(line);
    if (ast == nullptr || !is_inside_token(*ast, span.end - offset, module_->text.slice(span))) return span.end;
  }
  return module_->text.line_span(lines.end).end;
}

}  // namespace surefoot::engine

#include "analysis/engine/file_analysis.hpp"

#include <algorithm>
#include <cassert>

#include "analysis/engine/raise.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/engine/silencers.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

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

// Of a plain function: what is found alone is what is found with all the rest.
[[maybe_unused]] bool says_the_same(const UnitReports& alone, const UnitReports& all) {
  const auto same = [](const rules::Report& a, const rules::Report& b) {
    return a.rule == b.rule && a.node == b.node && a.span == b.span && a.message == b.message;
  };
  return std::equal(alone.reports.begin(), alone.reports.end(), all.reports.begin(), all.reports.end(), same) &&
         !all.facts->asks_effects;
}

}  // namespace

AnalyzedFile::AnalyzedFile(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project)
    : module_(std::move(module)), config_(std::move(config)), project_(std::move(project)) {}

void AnalyzedFile::run(const AnalyzedFile* previous, const std::stop_token& stop) {
  semantics::Resolver resolver(*module_->index, &project_->program());
  const Before kept = before(previous);
  check_units(kept, Facts::all, stop, resolver);
  if (!stop.stop_requested()) conclude(kept, resolver);
}

void AnalyzedFile::check(const std::stop_token& stop) {
  semantics::Resolver resolver(*module_->index, &project_->program());
  check_units(before(nullptr), Facts::of_roots, stop, resolver);
}

void AnalyzedFile::conclude(std::shared_ptr<const project::Effects> effects) {
  effects_ = std::move(effects);
  semantics::Resolver resolver(*module_->index, &project_->program());
  conclude(Before(), resolver);
}

void AnalyzedFile::conclude(const Before& before, semantics::Resolver& resolver) {
  raise_effects(before, resolver);
  collect(rules_->all);
  concluded_ = Surroundings::of(project_->program(), resolver);
}

// Takes the configuration of an earlier version over when it says the same: the selection borrows it.
bool AnalyzedFile::has_configuration_of(const AnalyzedFile& previous) {
  const bool same = previous.path() == path() && (previous.config_ == config_ || *previous.config_ == *config_);
  if (same) config_ = previous.config_;
  return same;
}

// What an earlier version found holds where nothing but its own text has changed.
Changes AnalyzedFile::changes_since(const AnalyzedFile& previous) const {
  const auto is_script = [](const AnalyzedFile& file) { return file.text().bytes().starts_with("#!"); };
  const bool moved = previous.module_->index->location() != module_->index->location();
  if (moved || is_script(previous) != is_script(*this)) return {};
  if (!previous.surroundings_.hold_in(project_->program())) return {};
  Changes changes(*previous.module_, *module_);
  // What other files say of this one's names is not followed.
  return changes.seen_by_others() && previous.surroundings_.lead_back ? Changes() : changes;
}

// What other files say in their code is no part of their shapes, but rules that confirm look at it.
AnalyzedFile::Before AnalyzedFile::before(const AnalyzedFile* previous) {
  Before before;
  if (previous == nullptr || !has_configuration_of(*previous)) return before;
  rules_ = previous->rules_;
  before.changes = changes_since(*previous);
  if (before.changes.all()) return before;
  before.file = previous;
  before.same_files = previous->surroundings_.are_same(previous->project_->program(), project_->program());
  return before;
}

void AnalyzedFile::check_units(const Before& before, Facts wanted, const std::stop_token& stop,
                               semantics::Resolver& resolver) {
  if (rules_ == nullptr) {
    rules_ = config_ == project_->config() ? project_->rules().of(path())
                                           : std::make_shared<const FileRules>(config_, path());
  }
  counters_.units = static_cast<std::uint32_t>(module_->units.units.size());
  counters_.units_rebuilt = module_->units.rebuilt;
  const bool leaves_out = wanted == Facts::of_roots && may_leave_out_facts();
  reports_.reserve(module_->models.size());
  for (std::size_t i = 0; i < module_->models.size(); ++i) {
    const std::uint32_t number = module_->units.units[i].previous;
    const bool kept = before.file != nullptr && number != syntax::kNew &&
                      before.file->module_->models[number] == module_->models[i] &&
                      !before.changes.affects(i, before.file->reports_[number]->reads);
    if (kept) {
      reports_.push_back(before.file->reports_[number]);
    } else if (stop.stop_requested()) {
      reports_.push_back(nothing());
    } else {
      reports_.push_back(check_one(i, leaves_out, resolver));
    }
  }
  confirm(before, resolver);
  surroundings_ = Surroundings::of(project_->program(), resolver);
  if (before.file != nullptr) surroundings_.add(before.file->surroundings_);
  silencers_.emplace(view(), reports_, *config_);
  facts_ = join_facts(view(), reports_, verdicts_, *silencers_);
  if (!stop.stop_requested()) project_->offer(*module_, facts_, surroundings_);
}

// Comments may silence what functions say to their callers, which tells whether they are of use. Where there are
// coroutines, most of it is asked for.
bool AnalyzedFile::may_leave_out_facts() const {
  const auto has_coroutine = [](const auto& unit) {
    return std::any_of(unit->functions.begin(), unit->functions.end(), [](const auto& one) { return one.is_async; });
  };
  return std::none_of(module_->models.begin(), module_->models.end(), has_coroutine) &&
         !may_have_suppressions(text().bytes());
}

std::shared_ptr<const UnitReports> AnalyzedFile::check_one(std::size_t unit, bool leaves_out,
                                                           semantics::Resolver& resolver) {
  ++counters_.units_rechecked;
  const auto check_all = [&] { return check_unit(view(), unit, resolver, rules_->all, config_->profile); };
  std::optional<UnitReports> reports;
  if (leaves_out) reports = check_plain_function(view(), unit, resolver, rules_->reporting, config_->profile);
  assert(!reports || says_the_same(*reports, check_all()));
  return std::make_shared<const UnitReports>(reports ? std::move(*reports) : check_all());
}

bool AnalyzedFile::asks_effects() const {
  const auto asks = [](const auto& unit) { return unit != nullptr && unit->asks_effects; };
  return std::any_of(facts_->units.begin(), facts_->units.end(), asks);
}

void AnalyzedFile::confirm(const Before& before, semantics::Resolver& resolver) {
  if (!before.same_files) return verdicts_.ask(view(), reports_, resolver);
  const Verdicts::Before verdicts{before.file->verdicts_, before.file->reports_, before.changes};
  verdicts_.ask(view(), reports_, resolver, &verdicts);
}

std::uint64_t AnalyzedFile::interface_hash() const {
  return text::Hasher().add(module_->index->shape()).add(facts_ == nullptr ? 0 : facts_->hash).value();
}

fixes::FileView AnalyzedFile::view() const {
  return {module_->place.path, module_->text, module_->units, module_->models, *module_->index, *config_};
}

const rules::Report& AnalyzedFile::report_at(const Source& source) const {
  const auto& own = reports_[source.unit]->reports;
  return source.report < own.size() ? own[source.report] : raised_[source.unit]->all[source.report - own.size()].report;
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
  result.source = {unit, number};
  const std::size_t own = reports_[unit]->reports.size();
  if (number >= own) finding.related = related_to(raised_[unit]->all[number - own]);
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
    if (report.variant == rules::kAnswered) return {};
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
  Lines lines{module_->text.line_of(finding.span.start), module_->text.line_of(finding.span.end)};
  const syntax::Ast* ast = nullptr;
  std::uint32_t offset = 0;
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i] != finding || sources_[i].unit >= reports_.size()) continue;
    ast = &module_->models[sources_[i].unit]->unit->ast;
    offset = module_->units.units[sources_[i].unit].offset;
    lines = lines_of(report_at(sources_[i]), view(), sources_[i].unit);
  }
  for (std::uint32_t line = lines.first; line <= lines.last; ++line) {
    const text::Span span = module_->text.line_span(line);
    if (ast == nullptr || !is_inside_token(*ast, span.end - offset, module_->text.slice(span))) return span.end;
  }
  return module_->text.line_span(lines.last).end;
}

}  // namespace surefoot::engine

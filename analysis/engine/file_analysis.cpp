#include "analysis/engine/file_analysis.hpp"

#include <algorithm>
#include <map>

#include "analysis/engine/selection.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

// A node that could not be parsed costs the statement it stands in, not the function around it.
bool is_readable(syntax::Node node) {
  if (!node.has_error()) return true;
  switch (node.kind()) {
    case syntax::Kind::block:
    case syntax::Kind::class_definition:
    case syntax::Kind::decorated_definition:
    case syntax::Kind::for_statement:
    case syntax::Kind::function_definition:
    case syntax::Kind::if_statement:
    case syntax::Kind::try_statement:
    case syntax::Kind::while_statement:
    case syntax::Kind::with_statement:
      return true;
    default:
      return false;
  }
}

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

}  // namespace

AnalyzedFile::AnalyzedFile(FileInput input, std::shared_ptr<const Config> config)
    : input_(std::move(input)), config_(std::move(config)) {}

void AnalyzedFile::run(syntax::Tree tree, const AnalyzedFile* previous, const std::stop_token& stop) {
  tree_ = std::move(tree);
  if (!tree_) return;
  units_ = syntax::split_units(tree_, input_.text, previous != nullptr ? &previous->units_ : nullptr);
  counters_.units = static_cast<std::uint32_t>(units_.units.size());
  counters_.units_rebuilt = units_.rebuilt;
  make_models(previous);
  check_units(previous, stop);
}

void AnalyzedFile::make_models(const AnalyzedFile* previous) {
  std::vector<std::string> containers;  // the class around each level
  text::Hasher shape;
  shape.add(input_.path);
  for (const syntax::PlacedUnit& placed : units_.units) {
    containers.resize(std::min<std::size_t>(containers.size(), placed.level));
    const std::string container = containers.empty() ? std::string() : containers.back();
    std::shared_ptr<const semantics::UnitModel> model;
    if (placed.previous != syntax::kNew && previous != nullptr) {
      const auto& old = previous->models_[placed.previous];
      if (old->container == container) model = old;
    }
    if (!model) model = semantics::model_unit(placed.unit, container);
    if (placed.unit->is_class_header) {
      containers.push_back(model->classes.empty() ? container : model->classes.front().path);
    }
    shape.add(model->shape_hash);
    models_.push_back(std::move(model));
  }
  shape_ = shape.value();
  const bool is_package = input_.path.ends_with("__init__.py");
  module_ = std::make_shared<const semantics::ModuleIndex>(semantics::module_name(input_.path), is_package, models_);
}

void AnalyzedFile::check_units(const AnalyzedFile* previous, const std::stop_token& stop) {
  const Selection selection(*config_, input_.path);
  const bool same_surroundings = previous != nullptr && previous->shape_ == shape_ &&
                                 previous->input_.path == input_.path &&
                                 (previous->config_ == config_ || *previous->config_ == *config_);
  semantics::Resolver resolver(*module_);
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const std::uint32_t before = units_.units[i].previous;
    if (same_surroundings && before != syntax::kNew && previous->models_[before] == models_[i]) {
      reports_.push_back(previous->reports_[before]);
      continue;
    }
    if (stop.stop_requested()) {
      reports_.push_back(std::make_shared<const UnitReports>());
      continue;
    }
    ++counters_.units_rechecked;
    reports_.push_back(check_unit(i, selection, resolver));
  }
  collect(selection, resolver);
}

std::shared_ptr<const UnitReports> AnalyzedFile::check_unit(std::size_t unit, const Selection& selection,
                                                            semantics::Resolver& resolver) const {
  auto result = std::make_shared<UnitReports>();
  const syntax::Ast& ast = models_[unit]->unit->ast;
  const fixes::FileView file = view();
  rules::Context context(file, unit, resolver, config_->profile);
  std::vector<const rules::Rule*> failed;
  for (std::uint32_t i = 0; i < ast.size(); ++i) {
    const syntax::Node node = ast.node(i);
    const auto& interested = selection.for_kind(node.kind());
    if (interested.empty() || !is_readable(node)) continue;
    for (const rules::Rule* rule : interested) {
      if (std::find(failed.begin(), failed.end(), rule) != failed.end()) continue;
      try {
        rule->check(node, context);
      } catch (...) {
        failed.push_back(rule);
        result->broken_rules.emplace_back(rule->code);
      }
    }
  }
  result->reports = std::move(context.reports());
  for (const text::Span comment : ast.comments()) {
    const auto found = parse_suppressions(ast.text().substr(comment.start, comment.size()), comment.start);
    result->suppressions.insert(result->suppressions.end(), found.begin(), found.end());
  }
  return result;
}

fixes::FileView AnalyzedFile::view() const { return {input_.path, input_.text, units_, models_, *module_, *config_}; }

std::vector<Suppression> AnalyzedFile::suppressions() const {
  std::vector<Suppression> all;
  for (const text::Span comment : units_.comments) {
    const auto found = parse_suppressions(input_.text.slice(comment), comment.start);
    all.insert(all.end(), found.begin(), found.end());
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    for (Suppression one : reports_[i]->suppressions) {
      one.comment.start += units_.units[i].offset;
      one.comment.end += units_.units[i].offset;
      all.push_back(std::move(one));
    }
  }
  return all;
}

AnalyzedFile::Candidate AnalyzedFile::candidate(std::size_t unit, std::size_t number) const {
  const rules::Report& report = reports_[unit]->reports[number];
  const std::uint32_t offset = units_.units[unit].offset;
  Candidate result;
  Finding& finding = result.finding;
  finding.code = report.rule->code;
  finding.name = report.rule->name;
  finding.severity = report.severity;
  finding.message = report.message;
  finding.span = {report.span.start + offset, report.span.end + offset};
  const text::Span statement = statement_span(models_[unit]->unit->ast.node(report.node));
  result.lines = {input_.text.line_of(finding.span.start),
                  std::max(input_.text.line_of(finding.span.end), input_.text.line_of(statement.end + offset))};
  result.source = {unit, number};
  return result;
}

Fixes AnalyzedFile::fixes(const Finding& finding) const {
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i].fingerprint != finding.fingerprint || findings_[i].span != finding.span ||
        findings_[i].code != finding.code) {
      continue;
    }
    if (sources_[i].unit >= reports_.size()) return unused_fix(finding);
    const rules::Report& report = reports_[sources_[i].unit]->reports[sources_[i].report];
    if (report.rule->fix == nullptr) return {};
    if (models_[sources_[i].unit]->unit->ast.node(report.node).has_error()) {
      return {{}, "the code has a syntax error"};
    }
    const fixes::FileView file = view();
    semantics::Resolver resolver(*module_);
    rules::Context context(file, sources_[i].unit, resolver, config_->profile);
    try {
      return report.rule->fix(report, context);
    } catch (...) {
      return {};
    }
  }
  return {};
}

// The end of the code of the first line of the finding on which a comment can stand.
std::uint32_t AnalyzedFile::comment_place(const Finding& finding) const {
  text::Span lines{input_.text.line_of(finding.span.start), input_.text.line_of(finding.span.end)};
  const syntax::Ast* ast = nullptr;
  std::uint32_t offset = 0;
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    if (findings_[i] != finding || sources_[i].unit >= reports_.size()) continue;
    ast = &models_[sources_[i].unit]->unit->ast;
    offset = units_.units[sources_[i].unit].offset;
    lines = candidate(sources_[i].unit, sources_[i].report).lines;
  }
  for (std::uint32_t line = lines.start; line <= lines.end; ++line) {
    const text::Span span = input_.text.line_span(line);
    if (ast == nullptr || !is_inside_token(*ast, span.end - offset, input_.text.slice(span))) return span.end;
  }
  return input_.text.line_span(lines.end).end;
}

}  // namespace surefoot::engine

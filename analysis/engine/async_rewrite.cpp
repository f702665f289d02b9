#include "analysis/engine/async_rewrite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/async_twin.hpp"
#include "analysis/fixes/add_await.hpp"

namespace surefoot::engine {
namespace {

constexpr std::string_view kAsync = "async ";

// An edit inside of a site, or at its edges where the edit belongs to something in it, makes it longer.
text::Span moved(text::Span span, const text::TextEdit& edit, const text::Span* edited) {
  const bool around = edited != nullptr && span.start <= edited->start && edited->end <= span.end;
  const std::uint32_t delta = static_cast<std::uint32_t>(edit.content.size()) - edit.span.size();  // may wrap
  const bool before = edit.span.end <= span.start && !(around && edit.span.start == span.start);
  if (before) return {span.start + delta, span.end + delta};
  const bool behind = edit.span.start >= span.end && !(around && edit.span.start == span.end);
  return behind ? span : text::Span{span.start, span.end + delta};
}

}  // namespace

AsyncRewrite::AsyncRewrite(project::ModulePtr module, const project::Program& program,
                           std::shared_ptr<const Config> config)
    : module_(std::move(module)), program_(program), config_(std::move(config)), text_(module_->text.bytes()) {}

std::string AsyncRewrite::run(const std::vector<std::uint32_t>& definitions, std::vector<AsyncSite> sites) {
  sites_ = std::move(sites);
  std::vector<text::TextEdit> edits;
  for (const std::uint32_t at : definitions) edits.push_back({{at, at}, std::string(kAsync)});
  apply(std::move(edits), nullptr);
  // What stands in another call comes first: its edits are inside of the other's.
  std::sort(sites_.begin(), sites_.end(), [](const AsyncSite& a, const AsyncSite& b) {
    return std::pair(a.span.size(), a.span.start) > std::pair(b.span.size(), b.span.start);
  });
  while (!sites_.empty()) {
    const AsyncSite site = sites_.back();
    sites_.pop_back();
    if (std::string obstacle = treat(site); !obstacle.empty()) return obstacle;
  }
  return {};
}

std::string AsyncRewrite::treat(const AsyncSite& site) {
  const auto call = find_call(*module_, site.span);
  if (!call) return fmt::format("a call in `{}` cannot be changed", module_->place.path);
  const fixes::FileView file{module_->place.path, module_->text,   module_->units,
                             module_->models,     *module_->index, *config_};
  fixes::Fixes found;
  if (site.sink_code.empty()) {
    found = fixes::await_value(file, *call, {});
  } else {
    semantics::Resolver resolver(*module_->index, &program_);
    found = asynchronous_call(file, *call, site.sink_code, resolver);
  }
  if (found.offered.empty()) {
    const std::uint32_t line = module_->text.line_of(site.span.start) + 1;
    return fmt::format("the call at {}:{} cannot be awaited: {}", module_->place.path, line, found.reason);
  }
  std::vector<text::TextEdit> edits;
  for (const fixes::FileEdits& one : found.offered.back().files) {
    edits.insert(edits.end(), one.edits.begin(), one.edits.end());
  }
  apply(std::move(edits), &site);
  return {};
}

void AsyncRewrite::apply(std::vector<text::TextEdit> edits, const AsyncSite* inner) {
  text_ = text::apply_edits(text_, edits);
  std::stable_sort(edits.begin(), edits.end(),
                   [](const auto& a, const auto& b) { return a.span.start > b.span.start; });
  const text::Span place = inner == nullptr ? text::Span{} : inner->span;  // `inner` may be one of those that move
  const text::Span* edited = inner == nullptr ? nullptr : &place;
  for (const text::TextEdit& edit : edits) {
    for (AsyncSite& site : sites_) site.span = moved(site.span, edit, edited);
  }
  read_again();
}

void AsyncRewrite::read_again() { module_ = read_file(module_->place, text::SourceText(text_)); }

}  // namespace surefoot::engine

#include "analysis/engine/analyze.hpp"

#include "analysis/engine/file_analysis.hpp"
#include "analysis/syntax/tree.hpp"

namespace surefoot::engine {
std::shared_ptr<const FileAnalysis> analyze(FileInput input, std::shared_ptr<const Config> config,
                                            std::stop_token stop) {
  syntax::Tree tree = syntax::read(input.text, stop);
  auto file = std::make_shared<AnalyzedFile>(std::move(input), std::move(config));
  file->run(std::move(tree), nullptr, stop);
  return file;
}

std::shared_ptr<const FileAnalysis> reanalyze(const FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                                              std::shared_ptr<const Config> config, std::stop_token stop) {
  const auto* old = dynamic_cast<const AnalyzedFile*>(&previous);
  text::SourceText text = previous.text();
  std::vector<syntax::TreeEdit> changes;
  for (const text::TextEdit& edit : edits) {
    text::SourceText next = text.with_edit(edit);
    changes.push_back({text, next, edit});
    text = std::move(next);
  }
  if (old == nullptr || !old->tree()) return analyze({previous.path(), text}, std::move(config), stop);
  syntax::Tree tree = syntax::read_next(old->tree(), changes, text, stop);
  auto file = std::make_shared<AnalyzedFile>(FileInput{previous.path(), std::move(text)}, std::move(config));
  file->run(std::move(tree), old, stop);
  return file;
}

}  // namespace surefoot::engine

#pragma once
// The engine as the session calls it, so that tests can put another one in its place.

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "analysis/engine/analyze.hpp"

namespace surefoot::server {

using AnalysisPtr = std::shared_ptr<const engine::FileAnalysis>;
using ConfigPtr = std::shared_ptr<const engine::Config>;

/// Called on any thread, several at a time. Once `stop` is requested the result is thrown away, whatever it is.
struct Analyzer {
  std::function<AnalysisPtr(engine::FileInput, ConfigPtr, engine::ProjectPtr, std::stop_token)> analyze =
      [](engine::FileInput input, ConfigPtr config, engine::ProjectPtr project, std::stop_token stop) {
        return engine::analyze(std::move(input), std::move(config), std::move(project), std::move(stop));
      };
  std::function<AnalysisPtr(const engine::FileAnalysis&, const std::vector<text::TextEdit>&, ConfigPtr,
                            engine::ProjectPtr, std::stop_token)>
      reanalyze = &engine::reanalyze;
  std::function<engine::FixAllResult(const engine::FileAnalysis&, rules::Applicability,
                                     const std::vector<std::string>&)>
      fix_all = &engine::fix_all;
};

}  // namespace surefoot::server

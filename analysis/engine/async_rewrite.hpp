#pragma once
// One file of a plan to make functions asynchronous, rewritten step by step: each step is made on the text that the one
// before it left, so that none has to know of the others. Internal to engine/.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/project/program.hpp"

namespace surefoot::engine {

/// What happens at one place, which moves with the text.
struct AsyncSite {
  text::Span span;             // of the whole call
  std::string_view sink_code;  // the rule whose fix makes the call asynchronous; empty: the call is awaited
};

class AsyncRewrite {
 public:
  AsyncRewrite(project::ModulePtr module, const project::Program& program, std::shared_ptr<const Config> config);

  /// `definitions`: where the `def`s stand that become `async def`. Spans and offsets speak of the module's text.
  /// The obstacle; empty when all went well.
  std::string run(const std::vector<std::uint32_t>& definitions, std::vector<AsyncSite> sites);

  /// The module with its new text.
  const project::ModulePtr& module() const { return module_; }

 private:
  void apply(std::vector<text::TextEdit> edits, const AsyncSite* inner);
  std::string treat(const AsyncSite& site);
  void read_again();

  project::ModulePtr module_;
  const project::Program& program_;
  std::shared_ptr<const Config> config_;
  std::string text_;
  std::vector<AsyncSite> sites_;
};

}  // namespace surefoot::engine

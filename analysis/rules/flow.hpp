#pragma once
// What the names in a function say of its control flow: by what they resolve to, not by their spelling.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

class ResolvedFacts : public semantics::FlowFacts {
 public:
  explicit ResolvedFacts(Context& context) : context_(context) {}

  semantics::Exceptions exceptions_of(Node expression) const override;
  semantics::Return returns(Node call) const override;
  bool suppresses(Node call) const override;

 private:
  Context& context_;
};

/// True for an expression that names the exception by which a task is cancelled: `asyncio.CancelledError`,
/// `trio.Cancelled`, `anyio.get_cancelled_exc_class()`.
bool is_cancelled_error(Node expression, Context& context);

}  // namespace surefoot::rules

#include "analysis/rules/log_calls.hpp"

#include <algorithm>
#include <array>

namespace surefoot::rules {

bool is_log_call(Node call, Context& context) {
  static constexpr std::array<std::string_view, 14> kMethods = {
      "debug", "info", "warning", "warn",      "error",   "exception", "critical",
      "fatal", "log",  "print",   "print_exc", "success", "trace",     "capture_exception"};
  const Node function = call.child(Field::function);
  const Node name = function.is(Kind::attribute) ? function.child(Field::attribute) : function;
  if (std::find(kMethods.begin(), kMethods.end(), name.text()) != kMethods.end()) return true;
  const Type* callee = context.callee(call);
  return callee != nullptr && (callee->name.starts_with("logging.") || callee->name.starts_with("warnings.warn"));
}

}  // namespace surefoot::rules

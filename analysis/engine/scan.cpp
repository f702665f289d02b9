#include "analysis/engine/scan.hpp"

#include "analysis/engine/silencers.hpp"
#include "analysis/syntax/plain_names.hpp"

namespace surefoot::engine {

bool may_have_findings(std::string_view text) {
  if (!syntax::only_gives_names(text)) return true;
  return text.find("DEBUG") != std::string_view::npos || text.find("SECRET") != std::string_view::npos ||
         text.find("always_eager") != std::string_view::npos || text.find("ALWAYS_EAGER") != std::string_view::npos ||
         may_have_suppressions(text);
}

}  // namespace surefoot::engine

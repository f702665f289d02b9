#pragma once
// The URLs that engines are made with, as far as the code spells them out.

#include <string_view>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The literal that a URL begins with: `"sqlite://"`, the first part of an f-string, the driver of `URL.create`.
struct UrlStart {
  const semantics::UnitModel* unit = nullptr;
  Node content;            // of the string, up to its first placeholder
  bool is_whole = false;   // nothing follows
  bool is_driver = false;  // of `URL.create("postgresql+asyncpg", …)`

  std::string_view text() const { return content.text(); }
  /// "postgresql+asyncpg"; empty when the literal ends before it does.
  std::string_view scheme() const;
};

/// All the literals that the URL may begin with; empty when some of them cannot be seen. Reads other units: for
/// `confirm` and `fix`.
std::vector<UrlStart> url_starts(Node url, Context& context);

/// True when the URL is known to be one of a database that lives in the process. Likewise.
bool is_embedded_url(Node url, Context& context);

}  // namespace surefoot::rules

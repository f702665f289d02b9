#pragma once
// Text inside XML and HTML. Any thread.

#include <string>
#include <string_view>

namespace surefoot::server {

/// `text` as character data or as a quoted attribute: the five characters that mean something are escaped, and what no
/// XML 1.0 document may hold (control characters, bytes that are no UTF-8) becomes U+FFFD. Tabs and line feeds stay.
std::string xml_escaped(std::string_view text);

}  // namespace surefoot::server

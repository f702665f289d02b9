#pragma once
// Code as HTML. Any thread.

#include <string>
#include <string_view>

namespace surefoot::docs {

/// Python with its keywords, strings, comments, numbers and defined names in spans. Comments that mark a finding
/// ("# RT101", "#   ^^^^ RT101 words") stand out.
std::string python_html(std::string_view code);

}  // namespace surefoot::docs

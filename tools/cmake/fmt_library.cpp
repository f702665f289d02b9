// The part of fmt that stands in its library, for a program that is linked without shared libraries where the system
// has no other: compiled from fmt's headers, once for the whole program (StaticLink.cmake).
#define FMT_HEADER_ONLY 1
#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace {

[[gnu::used]] std::string (*const format)(fmt::string_view, fmt::format_args) = &fmt::vformat;
[[gnu::used]] bool (*const is_printable)(std::uint32_t) = &fmt::detail::is_printable;
#if FMT_VERSION < 110000
[[gnu::used]] void (*const report_error)(const char*) = &fmt::detail::throw_format_error;
#else
[[gnu::used]] void (*const report_error)(const char*) = &fmt::report_error;
#endif

}  // namespace

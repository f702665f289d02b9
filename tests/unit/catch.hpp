#pragma once
// One include for Catch2 version 2 (one header) and version 3 (compiled library).
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
namespace surefoot::test {
inline auto ContainsSubstring(const std::string& part) { return Catch::Matchers::Contains(part); }
}  // namespace surefoot::test
using surefoot::test::ContainsSubstring;
#endif

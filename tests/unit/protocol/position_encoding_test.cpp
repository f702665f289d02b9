#include "protocol/position_encoding.hpp"

#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

std::string_view chosen(std::optional<std::vector<std::string>> offered) { return to_string(negotiate(offered)); }

TEST_CASE("position encoding: utf-16 unless a better one is offered") {
  CHECK(chosen(std::nullopt) == "utf-16");
  CHECK(chosen({{}}) == "utf-16");
  CHECK(chosen({{"utf-16"}}) == "utf-16");
  CHECK(chosen({{"utf-7", "UTF-8", ""}}) == "utf-16");
  CHECK(chosen({{"utf-16", "utf-32"}}) == "utf-32");
  CHECK(chosen({{"utf-32", "utf-16", "utf-8"}}) == "utf-8");
  CHECK(chosen({{"utf-8"}}) == "utf-8");
}

}  // namespace
}  // namespace surefoot::protocol

#include "server/actions/action_data.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace surefoot::server {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::array<std::string_view, 3> kCures = {"fix", "suppress", "fixAll"};

void read(const protocol::Reader& in, Cure& out) {
  const auto name = in.as<std::string>();
  for (std::size_t i = 0; i < kCures.size(); ++i) {
    if (name == kCures[i]) {
      out = static_cast<Cure>(i);
      return;
    }
  }
  in.fail("is not \"fix\", \"suppress\" or \"fixAll\"");
}

}  // namespace

protocol::JsonValue to_json_value(const ActionData& data) {
  nlohmann::json out = {{"v", kVersion}, {"uri", data.uri}, {"cure", kCures[static_cast<std::size_t>(data.cure)]}};
  if (!data.rule.empty()) out["rule"] = data.rule;
  if (data.cure == Cure::fix_all) return protocol::JsonValue(std::move(out));
  out["fingerprint"] = data.fingerprint;
  out["nth"] = data.nth;
  out["title"] = data.title;
  return protocol::JsonValue(std::move(out));
}

void read(const protocol::Reader& in, ActionData& out) {
  if (in["v"].as<std::uint32_t>() != kVersion) in["v"].fail("is not a version of this server");
  out.uri = in["uri"].as<std::string>();
  read(in["cure"], out.cure);
  out.rule = in["rule"].value_or(std::string());
  if (out.cure == Cure::fix_all) return;
  out.fingerprint = in["fingerprint"].as<std::string>();
  out.nth = in["nth"].as<std::uint32_t>();
  out.title = in["title"].as<std::string>();
}

}  // namespace surefoot::server

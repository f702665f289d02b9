#include "server/docs/tiers.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace surefoot::docs {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// In the order of the site.
constexpr std::pair<std::string_view, std::string_view> kTitles[] = {
    {"RT1", "The event loop"},
    {"RT2", "Coroutines, tasks, cancellation"},
    {"RT3", "Threads, processes, the GIL, fork"},
    {"RT4", "Deadlines, bounds, lifecycle"},
    {"RT5", "Import time, serverless"},
    {"FAPI", "FastAPI, Starlette, Pydantic"},
    {"FLK", "Flask"},
    {"DJG", "Django"},
    {"SQA", "SQLAlchemy"},
    {"CEL", "Celery"},
    {"POOL", "Clients and connection pools"},
    {"MIG", "Migrations"},
    {"SF", "Comments to surefoot"},
};

Tier& tier_of(std::string_view code, std::vector<Tier>& all) {
  const auto known = std::find_if(all.begin(), all.end(), [&](const Tier& tier) { return code.starts_with(tier.id); });
  if (known != all.end()) return *known;
  const std::string letters(code.substr(0, code.find_first_of(kDigits)));
  return all.emplace_back(Tier{letters, letters, {}});
}

}  // namespace

std::vector<Tier> tiers() {
  std::vector<Tier> all;
  for (const auto& [id, title] : kTitles) all.push_back({std::string(id), std::string(title), {}});
  for (const rules::RuleInfo& rule : rules::catalogue()) tier_of(rule.code, all).rules.push_back(&rule);
  std::erase_if(all, [](const Tier& tier) { return tier.rules.empty(); });
  return all;
}

}  // namespace surefoot::docs

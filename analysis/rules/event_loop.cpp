#include "analysis/rules/event_loop.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace surefoot::rules {

using knowledge::Effect;

namespace {

bool listed(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<BlockingCall> blocking_call(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || call.parent().is(Kind::await)) return std::nullopt;
  if (listed(context.facts().non_blocking, callee->name)) return std::nullopt;
  if (listed(context.facts().blocking, callee->name)) {
    return BlockingCall{std::string(callee->name), Effect::blocks_network, nullptr};
  }
  if (callee->callable == nullptr || callee->callable->is_async) return std::nullopt;
  const Effect effects = effects_of(call, *callee->callable);
  if (!any(effects)) return std::nullopt;
  return BlockingCall{std::string(callee->name), effects, callee->callable};
}

std::string_view describe(Effect effects) {
  static constexpr std::array<std::pair<Effect, std::string_view>, 9> kPhrases = {{
      {Effect::blocks_sleep, "sleeps"},
      {Effect::blocks_database, "waits for the database"},
      {Effect::blocks_network, "waits for the network"},
      {Effect::blocks_input, "waits for the user"},
      {Effect::blocks_subprocess, "waits for a process"},
      {Effect::blocks_wait, "waits for another thread"},
      {Effect::blocks_cpu, "computes for long"},
      {Effect::blocks_file, "reads or writes files"},
      {Effect::blocks_file_metadata, "asks the file system"},
  }};
  for (const auto& [effect, phrase] : kPhrases) {
    if (any(effects & effect)) return phrase;
  }
  return "blocks";
}

}  // namespace surefoot::rules

#include "analysis/project/module_calls.hpp"

#include <algorithm>
#include <utility>

namespace surefoot::project {
namespace {

using semantics::UnitModel;

// A lambda has no name but its keyword.
text::Span name_of(const UnitModel& model, const FunctionFacts& facts) {
  const text::Span span = facts.spot.span;
  return model.function_at(facts.spot.node) == nullptr ? text::Span{span.start, span.start + 6} : span;
}

// The definition with its decorators.
text::Span whole_of(const UnitModel& model, std::uint32_t node) {
  const semantics::Function* function = model.function_at(node);
  return model.unit->ast.node(function == nullptr ? node : function->statement).span();
}

class UnitCalls {
 public:
  UnitCalls(const Module& module, std::size_t unit, const FileText& file)
      : model_(*module.models[unit]), offset_(module.units.units[unit].offset), file_(file) {}

  ModuleCalls::Function function(const FunctionFacts& facts) const {
    ModuleCalls::Function out;
    out.key = facts.key;
    out.is_async = facts.is_async;
    out.is_module = facts.is_module;
    out.called_parameters = facts.called_parameters;
    if (!facts.spot.span.empty()) {
      out.name = facts.name;
      out.shown = moved(name_of(model_, facts));
      out.whole = moved(whole_of(model_, facts.spot.node));
    }
    for (const Source& source : facts.sources) {
      out.causes.push_back(
          {source.code, source.name, source.what, {&file_, moved(source.spot.span)}, end_of(source.spot)});
    }
    for (const Call& call : facts.calls) {
      out.calls.push_back(
          {call.callee, call.through, call.parameter, call.runs, moved(call.spot.span), end_of(call.spot)});
    }
    return out;
  }

 private:
  text::Span moved(text::Span span) const { return {span.start + offset_, span.end + offset_}; }
  std::uint32_t end_of(const Spot& spot) const { return model_.unit->ast.node(spot.node).end() + offset_; }

  const UnitModel& model_;
  std::uint32_t offset_;
  const FileText& file_;
};

// Each once, sorted.
std::vector<ModuleKey> modules_called(const ModuleFacts& facts) {
  std::vector<ModuleKey> modules;
  const auto add = [&](ModuleKey module) {
    if (module != 0) modules.push_back(module);
  };
  for (const auto& unit : facts.units) {
    for (const FunctionFacts& function : unit->functions) {
      for (const Call& call : function.calls) {
        add(call.callee.module);
        add(call.through.module);
        for (const Override& one : call.overrides) add(one.function.module);
      }
    }
  }
  std::sort(modules.begin(), modules.end());
  modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  return modules;
}

// The code outside functions, which there is in each unit, does mostly nothing.
bool does_nothing(const FunctionFacts& facts) {
  return facts.spot.span.empty() && facts.calls.empty() && facts.sources.empty();
}

}  // namespace

ModuleCallsPtr module_calls(const Module& module, const ModuleFacts& facts, std::vector<EntryPoint> entries) {
  auto calls = std::make_shared<ModuleCalls>();
  calls->file = std::make_shared<const FileText>(FileText{module.place, module.index->name(), module.text});
  std::vector<FunctionKey> outside;  // of the code outside functions
  for (std::size_t unit = 0; unit < facts.units.size(); ++unit) {
    const UnitCalls of_unit(module, unit, *calls->file);
    for (const FunctionFacts& one : facts.units[unit]->functions) {
      const bool is_known = does_nothing(one) && std::find(outside.begin(), outside.end(), one.key) != outside.end();
      if (is_known) continue;
      if (one.spot.span.empty() && outside.empty()) outside.push_back(one.key);
      calls->functions.push_back(of_unit.function(one));
    }
  }
  calls->entries = std::move(entries);
  calls->called = modules_called(facts);
  return calls;
}

}  // namespace surefoot::project

#include "analysis/project/module_calls.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

namespace surefoot::project {
namespace {

using semantics::UnitModel;
using Kind = ModuleCalls::Kind;

bool is_outside(const FunctionFacts& facts) { return facts.spot.span.empty(); }

Kind kind_of(const FunctionFacts& facts) {
  if (!is_outside(facts)) return facts.is_async ? Kind::coroutine : Kind::plain;
  return facts.is_module ? Kind::import : Kind::program;
}

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

template <class Value, class Before = std::less<>>
void sort_once(std::vector<Value>& values, const Before& is_before = {}) {
  std::sort(values.begin(), values.end(), is_before);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  values.shrink_to_fit();
}

bool is_before(const FunctionKey& a, const FunctionKey& b) {
  return std::tie(a.module, a.path) < std::tie(b.module, b.path);
}

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
  sort_once(modules);
  return modules;
}

std::vector<FunctionKey> callees_of(const ModuleFacts& facts) {
  std::vector<FunctionKey> callees;
  for (const auto& unit : facts.units) {
    for (const FunctionFacts& function : unit->functions) {
      for (const Call& call : function.calls) {
        callees.push_back(call.callee);
        if (!(call.through == FunctionKey{})) callees.push_back(call.through);
      }
    }
  }
  sort_once(callees, is_before);
  return callees;
}

// What one unit says of a function.
struct Part {
  const UnitModel* model = nullptr;
  std::uint32_t offset = 0;  // of the unit
  const FunctionFacts* facts = nullptr;

  text::Span moved(text::Span span) const { return {span.start + offset, span.end + offset}; }
  std::uint32_t end_of(const Spot& spot) const { return model->unit->ast.node(spot.node).end() + offset; }
};

// The functions, each with its parts: the code outside functions has one in each unit.
std::vector<std::vector<Part>> parts_of(const Module& module, const ModuleFacts& facts) {
  std::vector<std::vector<Part>> all;
  std::vector<std::size_t> outside;
  for (std::size_t unit = 0; unit < facts.units.size(); ++unit) {
    for (const FunctionFacts& one : facts.units[unit]->functions) {
      const Part part{module.models[unit].get(), module.units.units[unit].offset, &one};
      const auto known = std::find_if(outside.begin(), outside.end(), [&](std::size_t number) {
        return is_outside(one) && all[number].front().facts->key == one.key;
      });
      if (known != outside.end()) {
        all[*known].push_back(part);
        continue;
      }
      if (is_outside(one)) outside.push_back(all.size());
      all.push_back({part});
    }
  }
  return all;
}

class Writer {
 public:
  Writer(ModuleCalls& out, std::uint32_t file_size) : out_(out), file_size_(file_size) {}

  void add(const std::vector<Part>& parts) {
    add_function(parts.front());
    for (const Part& part : parts) {
      for (const Call& call : part.facts->calls) add_call(part, call);
      for (const Source& source : part.facts->sources) add_cause(part, source);
    }
    std::stable_sort(out_.causes.begin() + out_.functions.back().first_cause, out_.causes.end(),
                     [](const auto& a, const auto& b) { return a.span.start < b.span.start; });
  }

  void finish() {
    std::sort(out_.called_parameters.begin(), out_.called_parameters.end());
    out_.words.shrink_to_fit();
    out_.functions.shrink_to_fit();
    out_.calls.shrink_to_fit();
    out_.causes.shrink_to_fit();
    out_.handed_on.shrink_to_fit();
    out_.called_parameters.shrink_to_fit();
    out_.entries.shrink_to_fit();
  }

 private:
  template <class Value>
  static std::uint32_t count(const std::vector<Value>& values) {
    return static_cast<std::uint32_t>(values.size());
  }

  ModuleCalls::Word word(std::string_view text) {
    const auto start = static_cast<std::uint32_t>(out_.words.size());
    out_.words += text;
    return {start, static_cast<std::uint32_t>(text.size())};
  }

  std::uint32_t callee(const FunctionKey& key) const {
    const auto at = std::lower_bound(out_.callees.begin(), out_.callees.end(), key, is_before);
    return static_cast<std::uint32_t>(at - out_.callees.begin());
  }

  void add_function(const Part& part) {
    const FunctionFacts& facts = *part.facts;
    for (const std::uint32_t parameter : facts.called_parameters) {
      out_.called_parameters.push_back({count(out_.functions), parameter});
    }
    ModuleCalls::Function& function = out_.functions.emplace_back();
    function.path = facts.key.path;
    function.kind = kind_of(facts);
    function.first_call = count(out_.calls);
    function.first_cause = count(out_.causes);
    function.whole = {0, file_size_};
    if (is_outside(facts)) return;
    function.name = word(facts.name);
    function.shown = part.moved(name_of(*part.model, facts));
    function.whole = part.moved(whole_of(*part.model, facts.spot.node));
  }

  void add_call(const Part& part, const Call& call) {
    const bool handed_on = !(call.through == FunctionKey{});
    if (handed_on) out_.handed_on.push_back({count(out_.calls), callee(call.through), call.parameter});
    out_.calls.push_back(
        {part.moved(call.spot.span), part.end_of(call.spot), callee(call.callee), call.runs, handed_on});
  }

  void add_cause(const Part& part, const Source& source) {
    const ModuleCalls::Word name = word(source.name);
    out_.causes.push_back(
        {source.code, name, word(source.what), part.moved(source.spot.span), part.end_of(source.spot)});
  }

  ModuleCalls& out_;
  std::uint32_t file_size_;
};

}  // namespace

std::string_view ModuleCalls::name_of(const Function& function) const {
  return function.name.size == 0 ? file->place().path : word(function.name);
}

const ModuleCalls::HandedOn& ModuleCalls::handing_on(std::uint32_t call) const {
  return *std::lower_bound(handed_on.begin(), handed_on.end(), call,
                           [](const HandedOn& one, std::uint32_t number) { return one.call < number; });
}

bool ModuleCalls::runs_parameter(CalledParameter parameter) const {
  return std::binary_search(called_parameters.begin(), called_parameters.end(), parameter);
}

std::uint32_t ModuleCalls::calls_end(std::size_t function) const {
  return function + 1 < functions.size() ? functions[function + 1].first_call
                                         : static_cast<std::uint32_t>(calls.size());
}

std::uint32_t ModuleCalls::causes_end(std::size_t function) const {
  return function + 1 < functions.size() ? functions[function + 1].first_cause
                                         : static_cast<std::uint32_t>(causes.size());
}

ModuleCallsPtr module_calls(const Module& module, const ModuleFacts& facts, std::vector<EntryPoint> entries,
                            std::shared_ptr<const Texts> texts) {
  auto calls = std::make_shared<ModuleCalls>();
  calls->file = std::make_shared<const FileText>(module.place, module.index->name(), module.text, std::move(texts));
  calls->callees = callees_of(facts);
  calls->entries = std::move(entries);
  calls->called = modules_called(facts);
  Writer writer(*calls, module.text.size());
  for (const std::vector<Part>& parts : parts_of(module, facts)) writer.add(parts);
  writer.finish();
  return calls;
}

}  // namespace surefoot::project

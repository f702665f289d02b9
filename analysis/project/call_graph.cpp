#include "analysis/project/call_graph.hpp"

#include <algorithm>
#include <utility>

namespace surefoot::project {
namespace {

// The last name of what is called: `fetch` of `self.repo.fetch`. Empty for what has none.
text::Span last_name(text::Span span, const text::SourceText& file) {
  const std::string_view text = file.slice(span);
  const std::size_t dot = text.rfind('.');
  const std::size_t start = dot == std::string_view::npos ? 0 : text.find_first_not_of(" \t\r\n\\", dot + 1);
  const bool is_name = start < text.size() && text.find_first_of("()[]{}'\": \t\r\n", start) == std::string_view::npos;
  if (!is_name) return {span.start, span.start};
  return {span.start + static_cast<std::uint32_t>(start), span.end};
}

}  // namespace

bool runs_here(Runs runs) { return runs == Runs::body || runs == Runs::iteration; }

CallGraph::At CallGraph::at(std::uint32_t Start::*kind, std::uint32_t number) const {
  const auto behind = std::upper_bound(starts_.begin(), starts_.end(), number,
                                       [&](std::uint32_t one, const Start& start) { return one < start.*kind; });
  const Start& start = *(behind - 1);
  return {*modules_[static_cast<std::size_t>(&start - starts_.data())], number - start.*kind, start};
}

std::optional<std::uint32_t> CallGraph::module_number(ModuleKey key) const {
  const auto found = std::lower_bound(by_key_.begin(), by_key_.end(), key, [&](std::uint32_t number, ModuleKey wanted) {
    return starts_[number].module < wanted;
  });
  return found != by_key_.end() && starts_[*found].module == key ? std::optional(*found) : std::nullopt;
}

CallGraph::Numbers CallGraph::functions_of(ModuleKey module) const {
  const auto number = module_number(module);
  return number ? Numbers(starts_[*number].function, starts_[*number + 1].function) : Numbers(0, 0);
}

CallGraph::Function CallGraph::function(std::uint32_t number) const {
  const At at = this->at(&Start::function, number);
  const ModuleCalls::Function& function = at.module.functions[at.number];
  return {{at.start.module, function.path},
          at.module.name_of(function),
          function.kind,
          {at.module.file.get(), function.shown},
          function.whole,
          calls_.of(number),
          callers_.of(number)};
}

std::string CallGraph::path_of(std::uint32_t number) const {
  const At at = this->at(&Start::function, number);
  const std::string_view name = at.module.word(at.module.functions[at.number].name);
  return at.module.file->name() + (name.empty() ? "" : "." + std::string(name));
}

std::vector<CallGraph::Cause> CallGraph::causes_of(std::uint32_t number) const {
  const At at = this->at(&Start::function, number);
  const ModuleCalls& module = at.module;
  std::vector<Cause> causes;
  for (std::uint32_t i = module.functions[at.number].first_cause; i < module.causes_end(at.number); ++i) {
    const ModuleCalls::Cause& cause = module.causes[i];
    causes.push_back(
        {cause.code, module.word(cause.name), module.word(cause.what), {module.file.get(), cause.span}, cause.end});
  }
  return causes;
}

std::vector<Entry> CallGraph::entries_of(std::uint32_t number) const {
  std::vector<Entry> entries;
  auto at = std::lower_bound(entries_.begin(), entries_.end(), number,
                             [](const EntryOf& one, std::uint32_t wanted) { return one.function < wanted; });
  for (; at != entries_.end() && at->function == number; ++at) entries.push_back(at->entry);
  return entries;
}

CallGraph::Call CallGraph::call(std::uint32_t number) const {
  const At at = this->at(&Start::call, number);
  const ModuleCalls& module = at.module;
  const ModuleCalls::Call& call = module.calls[at.number];
  const auto behind = std::upper_bound(
      module.functions.begin(), module.functions.end(), at.number,
      [](std::uint32_t one, const ModuleCalls::Function& function) { return one < function.first_call; });
  const auto caller = at.start.function + static_cast<std::uint32_t>(behind - module.functions.begin()) - 1;
  Call out{caller, callees_[number], call.runs, {module.file.get(), call.span}, call.end, std::nullopt};
  if (call.is_handed_on) out.through = find(module.callees[module.handing_on(at.number).through]);
  return out;
}

const FileText* CallGraph::file(ModuleKey key) const {
  const auto number = module_number(key);
  return number ? modules_[*number]->file.get() : nullptr;
}

std::optional<std::uint32_t> CallGraph::find(const FunctionKey& key) const {
  const auto number = module_number(key.module);
  if (!number) return std::nullopt;
  const Start& start = starts_[*number];
  const auto path = [&](std::uint32_t function) {
    return modules_[*number]->functions[function - start.function].path;
  };
  const auto end = by_path_.begin() + starts_[*number + 1].function;
  const auto found = std::lower_bound(by_path_.begin() + start.function, end, key.path,
                                      [&](std::uint32_t one, std::uint64_t wanted) { return path(one) < wanted; });
  return found != end && path(*found) == key.path ? std::optional(*found) : std::nullopt;
}

std::optional<std::uint32_t> CallGraph::around(ModuleKey module, std::uint32_t offset) const {
  std::optional<std::uint32_t> best;
  std::uint32_t size = 0;
  for (const std::uint32_t number : functions_of(module)) {
    const Function one = function(number);
    const bool holds = one.is_code_of_module() ? one.kind == Kind::import : one.whole.contains(offset);
    if (!holds || (best && one.whole.size() > size)) continue;
    best = number;
    size = one.whole.size();
  }
  return best;
}

std::optional<std::uint32_t> CallGraph::named_at(ModuleKey module, std::uint32_t offset, text::Span* span) const {
  std::optional<std::uint32_t> best;
  text::Span name;
  const auto take = [&](std::uint32_t number, text::Span where) {
    const bool holds = !where.empty() && where.start <= offset && offset <= where.end;
    if (!holds || (best && where.size() >= name.size())) return;
    best = number;
    name = where;
  };
  const FileText* file = this->file(module);
  if (file == nullptr) return best;
  const text::SourceText text = file->text();
  for (const std::uint32_t number : functions_of(module)) {
    const Function one = function(number);
    if (!one.is_code_of_module()) take(number, one.site.span);
    for (const std::uint32_t each : one.calls) {
      const Call made = call(each);
      take(made.callee, last_name(made.site.span, text));
    }
  }
  if (best && span != nullptr) *span = name;
  return best;
}

}  // namespace surefoot::project

#include "analysis/project/call_graph.hpp"

#include <algorithm>
#include <tuple>

namespace surefoot::project {
namespace {

CallGraph::Kind kind_of(const ModuleCalls::Function& function) {
  if (!function.name.empty()) return function.is_async ? CallGraph::Kind::coroutine : CallGraph::Kind::plain;
  return function.is_module ? CallGraph::Kind::import : CallGraph::Kind::program;
}

// The last name of what is called: `fetch` of `self.repo.fetch`. Empty for what has none.
text::Span last_name(const Site& site) {
  const std::string_view text = site.file->text.slice(site.span);
  const std::size_t dot = text.rfind('.');
  const std::size_t start = dot == std::string_view::npos ? 0 : text.find_first_not_of(" \t\r\n\\", dot + 1);
  const bool is_name = start < text.size() && text.find_first_of("()[]{}'\": \t\r\n", start) == std::string_view::npos;
  if (!is_name) return {site.span.start, site.span.start};
  return {site.span.start + static_cast<std::uint32_t>(start), site.span.end};
}

}  // namespace

bool runs_here(Runs runs) { return runs == Runs::body || runs == Runs::iteration; }

// Calls name what they call by keys, so all functions come first.
class CallGraph::Builder {
 public:
  explicit Builder(CallGraph& graph) : graph_(graph) {}

  void build() {
    for (const ModuleCallsPtr& module : graph_.modules_) add_functions(*module);
    for (const ModuleCallsPtr& module : graph_.modules_) add_calls(*module);
    for (const ModuleCallsPtr& module : graph_.modules_) add_entries(*module);
    note_calls();
    for (Function& function : graph_.functions_) sort(function);
  }

 private:
  void add_functions(const ModuleCalls& calls) {
    const auto first = static_cast<std::uint32_t>(graph_.functions_.size());
    for (const ModuleCalls::Function& function : calls.functions) {
      const auto known = graph_.numbers_.find(function.key);
      const bool is_new = known == graph_.numbers_.end() || !function.name.empty();
      owners_.push_back(is_new ? add_function(*calls.file, function) : known->second);
    }
    const auto last = static_cast<std::uint32_t>(graph_.functions_.size());
    graph_.ranges_[module_key(calls.file->place.location())] = {calls.file.get(), first, last};
  }

  std::uint32_t add_function(const FileText& file, const ModuleCalls::Function& read) {
    const bool has_name = !read.name.empty();
    const auto number = static_cast<std::uint32_t>(graph_.functions_.size());
    graph_.numbers_.emplace(read.key, number);
    read_.push_back(&read);
    Function& function = graph_.functions_.emplace_back();
    function.key = read.key;
    function.kind = kind_of(read);
    function.name = has_name ? read.name : file.place.path;
    function.path = file.name + (has_name ? "." + read.name : std::string());
    function.site = {&file, read.shown};
    function.whole = has_name ? read.whole : text::Span{0, file.text.size()};
    return number;
  }

  void add_calls(const ModuleCalls& calls) {
    for (const ModuleCalls::Function& function : calls.functions) {
      const std::uint32_t caller = owners_[next_owner_++];
      auto& causes = graph_.functions_[caller].causes;
      causes.insert(causes.end(), function.causes.begin(), function.causes.end());
      for (const ModuleCalls::Call& call : function.calls) add_call(caller, call, *calls.file);
    }
  }

  void add_call(std::uint32_t caller, const ModuleCalls::Call& call, const FileText& file) {
    const auto callee = graph_.find(call.callee);
    const bool handed_over = !(call.through == FunctionKey{});
    const auto through = handed_over ? graph_.find(call.through) : std::nullopt;
    if (!callee || (handed_over && !calls_parameter(through, call.parameter))) return;
    graph_.calls_.push_back({caller, *callee, call.runs, {&file, call.span}, call.end, through});
  }

  bool calls_parameter(std::optional<std::uint32_t> function, std::uint32_t parameter) const {
    if (!function) return false;
    const auto& called = read_[*function]->called_parameters;
    return std::find(called.begin(), called.end(), parameter) != called.end();
  }

  void add_entries(const ModuleCalls& calls) {
    for (const EntryPoint& point : calls.entries) {
      if (const auto number = graph_.find(point.function)) graph_.functions_[*number].entries.push_back(point.entry);
    }
  }

  void note_calls() {
    for (std::uint32_t i = 0; i < graph_.calls_.size(); ++i) {
      graph_.functions_[graph_.calls_[i].caller].calls.push_back(i);
      graph_.functions_[graph_.calls_[i].callee].callers.push_back(i);
    }
  }

  void sort(Function& function) const {
    sort(function.calls, &Call::callee);
    sort(function.callers, &Call::caller);
    std::stable_sort(function.causes.begin(), function.causes.end(),
                     [](const Cause& a, const Cause& b) { return a.site.span.start < b.site.span.start; });
  }

  void sort(std::vector<std::uint32_t>& calls, std::uint32_t Call::*far_end) const {
    const auto rank = [&](std::uint32_t number) {
      const Call& call = graph_.calls_[number];
      const std::string_view name = graph_.functions_[call.*far_end].name;
      return std::tuple(name, call.*far_end, call.site.span.start);
    };
    std::sort(calls.begin(), calls.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
  }

  CallGraph& graph_;
  std::vector<const ModuleCalls::Function*> read_;  // by the number in the graph
  std::vector<std::uint32_t> owners_;               // of the n-th that was read, over all modules: its number
  std::size_t next_owner_ = 0;
};

CallGraph::CallGraph(std::vector<ModuleCallsPtr> modules) : modules_(std::move(modules)) {
  std::sort(modules_.begin(), modules_.end(), [](const ModuleCallsPtr& a, const ModuleCallsPtr& b) {
    return a->file->place.location() < b->file->place.location();
  });
  Builder(*this).build();
}

const FileText* CallGraph::file(ModuleKey key) const {
  const auto found = ranges_.find(key);
  return found == ranges_.end() ? nullptr : found->second.file;
}

std::optional<std::uint32_t> CallGraph::find(const FunctionKey& key) const {
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> CallGraph::around(ModuleKey module, std::uint32_t offset) const {
  const auto range = ranges_.find(module);
  std::optional<std::uint32_t> best;
  if (range == ranges_.end()) return best;
  for (std::uint32_t i = range->second.first; i < range->second.last; ++i) {
    const Function& function = functions_[i];
    const bool holds = function.is_code_of_module() ? function.kind == Kind::import : function.whole.contains(offset);
    if (holds && (!best || function.whole.size() <= functions_[*best].whole.size())) best = i;
  }
  return best;
}

std::optional<std::uint32_t> CallGraph::named_at(ModuleKey module, std::uint32_t offset, text::Span* span) const {
  const auto range = ranges_.find(module);
  std::optional<std::uint32_t> best;
  text::Span name;
  const auto take = [&](std::uint32_t number, text::Span where) {
    const bool holds = !where.empty() && where.start <= offset && offset <= where.end;
    if (!holds || (best && where.size() >= name.size())) return;
    best = number;
    name = where;
  };
  if (range == ranges_.end()) return best;
  for (std::uint32_t i = range->second.first; i < range->second.last; ++i) {
    if (!functions_[i].is_code_of_module()) take(i, functions_[i].site.span);
    for (const std::uint32_t call : functions_[i].calls) take(calls_[call].callee, last_name(calls_[call].site));
  }
  if (best && span != nullptr) *span = name;
  return best;
}

}  // namespace surefoot::project

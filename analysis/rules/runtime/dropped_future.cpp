#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/own_errors.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule dropped_future;
const Rule dropped_future{
    .code = "RT309",
    .name = "dropped-future",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kFuture = 0;    // executor.submit(f)
constexpr int kIterator = 1;  // executor.map(f, items), pool.imap(f, items)
constexpr int kResult = 2;    // pool.apply_async(f)

// What the call gives, by the method of an executor or pool that it calls; nothing for calls that wait or raise.
std::optional<int> form_of(const HandedWork& work, Node call) {
  const std::string_view method = std::string_view(work.name).substr(work.name.rfind('.') + 1);
  if (work.name.starts_with("concurrent.futures.")) {
    if (method == "submit") return kFuture;
    return method == "map" ? std::optional(kIterator) : std::nullopt;
  }
  if (!work.name.starts_with("multiprocessing.")) return std::nullopt;
  if (method.starts_with("imap")) return kIterator;
  const bool reports = argument(call, "error_callback") || has_double_splat(call);
  return method.ends_with("_async") && !reports ? std::optional(kResult) : std::nullopt;
}

std::string message_for(int form, const std::string& name, const ValueUse& use) {
  if (form == kIterator) {
    return fmt::format("nobody iterates over what `{}` gives: the exceptions of its calls vanish", name);
  }
  const std::string_view what = form == kFuture ? "future" : "result";
  const std::string lost = use.fate == Fate::discarded
                               ? "is dropped"
                               : fmt::format("is kept in `{}`, which nothing reads", use.target.text());
  return fmt::format("the {} that `{}` gives {}: when the call fails, its exception vanishes", what, name, lost);
}

void check(Node call, Context& context) {
  const auto work = handed_work(call, context);
  const auto form = work ? form_of(*work, call) : std::nullopt;
  if (!form) return;
  const ValueUse use = value_use(call, context);
  if (use.fate == Fate::used) return;
  Report& report = context.report(dropped_future, call, message_for(*form, work->name, use));
  report.span = call.child(Field::function).span();
  report.variant = *form;
}

// A function that reports its own errors may be started and forgotten.
bool confirm(const Report& report, Context& context) {
  const auto work = handed_work(context.unit().unit->ast.node(report.node), context);
  const Type* function = work ? handed_function(*work, context) : nullptr;
  return function == nullptr || !handles_own_errors(function->unit->unit->ast.node(function->function->node));
}

// ---- fixes

constexpr std::string_view kReporter = "_report_failure";

std::string reporter(std::string_view name, std::string_view logging, std::string_view end) {
  return fmt::format(
      "{2}def {0}(future):{2}"
      "    if not future.cancelled() and future.exception() is not None:{2}"
      "        {1}.getLogger(__name__).error(\"A call in the background failed\", exc_info=future.exception())",
      name, logging, end);
}

// True when the module has the function already, from a fix before this one.
bool has_reporter(Context& context) {
  bool found = false;
  const auto* values = context.module().find(kReporter);
  if (values == nullptr || values->size() != 1 || values->front().kind != semantics::BindingKind::function)
    return false;
  for (const semantics::Function& function : values->front().unit->functions) {
    found = found || (function.name == kReporter && function.parameters.size() == 1);
  }
  return found;
}

// Adds a done-callback that logs: behind the call, or to the name that the future has.
Fixes add_callback(const fixes::Place& call, const ValueUse& use, Context& context) {
  Fixes result;
  std::vector<text::TextEdit> edits;
  std::string name(kReporter);
  if (!has_reporter(context)) {
    fixes::Import logging = fixes::import_module(context.file(), call, "logging");
    if (!logging.problem.empty()) return {{}, logging.problem};
    if (logging.edit) edits.push_back(std::move(*logging.edit));
    name = fixes::free_name(context.file(), call, kReporter);
    const std::string_view end = context.file().text.dominant_line_ending();
    edits.push_back(fixes::define_after_imports(context.file(), reporter(name, logging.name, end)));
  }
  const std::string callback = fmt::format(".add_done_callback({})", name);
  if (use.fate == Fate::discarded || use.target.text() == "_") {
    edits.push_back(fixes::insert_after(context.file(), call, callback));
  } else {
    const std::string line = std::string(use.target.text()) + callback;
    edits.push_back(fixes::add_statements(context.file(), context.place(use.statement), {line}));
  }
  result.offered.push_back(
      fixes::make_fix("Log its exception in a done-callback", fixes::Applicability::unsafe, std::move(edits)));
  return result;
}

bool is_whole_value(Node call, const ValueUse& use) {
  const Node value = use.target ? use.statement.first_child().child(Field::right) : use.statement.first_child();
  return without_parentheses(value) == call;
}

// `for … in …: pool.submit(f)` in a `with` block: all futures are asked behind the loop.
std::optional<Fix> collect_results(const fixes::Place& call, const ValueUse& use, Context& context) {
  const Node loop = use.statement.parent().parent();
  const Node block = loop.parent();
  if (use.fate != Fate::discarded || !loop.is(Kind::for_statement) || loop.is_async()) return std::nullopt;
  if (loop.child(Field::body) != use.statement.parent() || !block.parent().is(Kind::with_statement))
    return std::nullopt;
  const fixes::Place place = context.place(loop);
  const auto indent = fixes::indentation(context.file(), place);
  if (!indent || !fixes::ends_its_line(context.file(), place)) return std::nullopt;
  const std::string name = fixes::free_name(context.file(), place, "futures");
  const std::string future = fixes::free_name(context.file(), place, "future");
  const std::string end = std::string(context.file().text.dominant_line_ending());
  const std::string step = fixes::deeper(*indent).substr(indent->size());
  std::vector<text::TextEdit> edits;
  edits.push_back(fixes::insert_before(context.file(), place, fmt::format("{} = []{}{}", name, end, *indent)));
  edits.push_back(fixes::insert_before(context.file(), call, name + ".append("));
  edits.push_back(fixes::insert_after(context.file(), call, ")"));
  edits.push_back(fixes::add_statements(
      context.file(), place, {fmt::format("for {} in {}:", future, name), fmt::format("{}{}.result()", step, future)}));
  return fixes::make_fix("Keep the futures and ask for their results", fixes::Applicability::unsafe, std::move(edits));
}

// Runs through what the call gives, so that its exceptions come up.
Fixes take_all(const fixes::Place& call, const ValueUse& use, Context& context) {
  if (use.fate != Fate::discarded) return {};
  return {{fixes::make_fix(
              "Take all results with `list`", fixes::Applicability::unsafe,
              {fixes::insert_before(context.file(), call, "list("), fixes::insert_after(context.file(), call, ")")})},
          ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const ValueUse use = value_use(call, context);
  if (use.fate == Fate::used) return {};
  const fixes::Place place = context.place(call);
  if (!is_whole_value(call, use)) return {{}, "the call is a part of a larger expression"};
  if (report.variant == kIterator) return take_all(place, use, context);
  if (report.variant == kResult) return {};
  Fixes result;
  if (auto collected = collect_results(place, use, context)) result.offered.push_back(std::move(*collected));
  Fixes callback = add_callback(place, use, context);
  result.offered.insert(result.offered.end(), callback.offered.begin(), callback.offered.end());
  if (result.offered.empty()) result.reason = callback.reason;
  return result;
}

}  // namespace
}  // namespace surefoot::rules

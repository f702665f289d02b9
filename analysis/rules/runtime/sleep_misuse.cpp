#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sleep_misuse;
const Rule sleep_misuse{
    .code = "RT119",
    .name = "sleep-misuse",
    .severity = Severity::hint,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_one_of({"asyncio.sleep", "trio.sleep", "anyio.sleep"}); }

// Report::variant
constexpr int kZero = 0;
constexpr int kForEver = 1;
constexpr int kNamed = 2;  // for ever too, if the names in the delay stand for that

constexpr double kDay = 24.0 * 60 * 60;

std::optional<double> number(Node node) {
  std::string digits(node.text());
  std::erase(digits, '_');
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> combined(double left, std::string_view sign, double right) {
  if (sign == "+") return left + right;
  if (sign == "-") return left - right;
  if (sign == "*") return left * right;
  if (sign == "/" && right != 0) return left / right;
  if (sign == "**" && right >= 0 && right < 64 && left >= 0) {
    double power = 1;
    for (int i = 0; i < static_cast<int>(right); ++i) power *= left;
    return power;
  }
  return std::nullopt;
}

bool is_infinity(Node node) {
  if (node.is(Kind::attribute) || node.is(Kind::identifier)) {
    return node.text() == "math.inf" || node.text() == "inf";
  }
  const Node argument = node.is(Kind::call) ? node.child(Field::arguments).first_child() : Node();
  if (!argument.is(Kind::string) || node.child(Field::function).text() != "float") return false;
  const std::string_view text = argument.text();
  return text.find("inf") != std::string_view::npos && text.find('-') == std::string_view::npos;
}

constexpr int kMaxNames = 3;  // one behind the other

// The seconds that a constant expression says (`60 * 60 * 24 * 365`); nothing for others. `look_up` tells what names
// stand for.
template <typename LookUp>
std::optional<double> seconds(Node node, const LookUp& look_up) {
  node = without_parentheses(node);
  if (node.is(Kind::integer) || node.is(Kind::float_)) return number(node);
  if (is_infinity(node)) return std::numeric_limits<double>::infinity();
  if (node.is(Kind::identifier)) return look_up(node);
  if (!node.is(Kind::binary_operator)) return std::nullopt;
  const auto left = seconds(node.child(Field::left), look_up);
  const auto right = seconds(node.child(Field::right), look_up);
  if (!left || !right) return std::nullopt;
  return combined(*left, node.child(Field::operator_).text(), *right);
}

std::optional<double> seconds_of(const Source& delay, Context& context, int names = 0) {
  return seconds(delay.node, [&](Node name) -> std::optional<double> {
    if (names == kMaxNames) return std::nullopt;
    const std::vector<Source> sources = sources_of(Source{delay.unit, name}, context);
    return sources.size() == 1 ? seconds_of(sources.front(), context, names + 1) : std::nullopt;
  });
}

// "asyncio", "trio" or "anyio" for a call of its sleep.
std::string_view library_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !callee->name.ends_with(".sleep")) return {};
  const std::string_view library = callee->name.substr(0, callee->name.size() - 6);
  return library == "asyncio" || library == "trio" || library == "anyio" ? library : std::string_view();
}

Node delay_of(Node call) {
  if (const Node first = argument(call, "seconds", 0)) return first;
  return argument(call, "delay");
}

Node statement_of(Node node) {
  while (node && !syntax::is_statement(node.kind())) node = node.parent();
  return node;
}

// True in a loop that does other things too: a job that is done every few days.
bool is_pause_of_job(Node call) {
  Node child = statement_of(call);
  for (Node outer = child.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition)) return false;
    const bool loop = outer.is(Kind::while_statement) || outer.is(Kind::for_statement);
    if (loop && child.field() == Field::body) return child.child_count() > 1;
  }
  return false;
}

// True when the code goes on behind the sleep.
bool is_followed(Node call) {
  for (Node node = statement_of(call); node && !node.is(Kind::function_definition); node = node.parent()) {
    const bool in_block = node.parent().is(Kind::block) || node.parent().is(Kind::module);
    if (in_block && syntax::is_statement(node.kind()) && node.next_sibling()) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  const std::string_view library = library_of(call, context);
  const Node delay = library.empty() ? Node() : delay_of(call);
  bool named = false;
  const auto time = seconds(delay, [&](Node) {
    named = true;
    return std::optional(2 * kDay);
  });
  if (!delay || !time) return;
  if (*time == 0 && library != "asyncio" && !named) {
    context.report(
        sleep_misuse, call,
        fmt::format("`{}.sleep(0)` does not sleep: `{}.lowlevel.checkpoint()` says what it does", library, library));
  } else if ((named || *time > kDay) && !is_pause_of_job(call)) {
    const std::string_view better = library == "asyncio" ? "asyncio.Event().wait" : "sleep_forever";
    context
        .report(sleep_misuse, call, fmt::format("A sleep of more than a day is meant for ever: `{}()` says so", better))
        .variant = named ? kNamed : kForEver;
  }
}

// What a name stands for is said in other units.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kNamed) return true;
  const Node delay = delay_of(context.unit().unit->ast.node(report.node));
  const auto time = seconds_of({&context.unit(), delay}, context);
  return time && *time > kDay;
}

// How the call reaches its library: the module it is made on, else one that is imported for it.
fixes::Import library_at(Node call, std::string_view library, bool lowlevel, Context& context) {
  const Node module = call.child(Field::function).child(Field::object);
  if (module.is(Kind::identifier) && !lowlevel) return {std::string(module.text()), std::nullopt, ""};
  const std::string path = std::string(library) + (lowlevel ? ".lowlevel" : "");
  return fixes::import_module(context.file(), context.place(call), path);
}

std::string better_call(int variant, std::string_view library, const std::string& module) {
  if (variant != kZero) return module + (library == "asyncio" ? ".Event().wait()" : ".sleep_forever()");
  return module + (library == "anyio" ? ".checkpoint()" : ".lowlevel.checkpoint()");
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const std::string_view library = library_of(call, context);
  // anyio does not import this module of its own.
  const bool lowlevel = report.variant == kZero && library == "anyio";
  fixes::Import import = library_at(call, library, lowlevel, context);
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  const std::string content = better_call(report.variant, library, import.name);
  edits.push_back(fixes::replace(context.file(), context.place(call), content));
  const bool same = report.variant == kZero || !is_followed(call);
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix(fmt::format("Use `{}`", content),
                                          same ? fixes::Applicability::safe : fixes::Applicability::unsafe,
                                          std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kEmptyDowngrade, kNoDowngrade, kOperation };

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

template <std::size_t N>
bool has_any(const std::string& text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

bool speaks_of_reversing(std::string_view text) {
  static constexpr std::array<std::string_view, 16> kWords = {
      "revers",  "undo",   "undone",  "rollback", "roll back",  "rolled back", "backward", "one-way",
      "one way", "cannot", "can not", "can't be", "impossible", "lost",        "no-op",    "noop"};
  return has_any(lower(text), kWords);
}

// "MIG108", "E501": what tools call their rules.
bool names_rule(std::string_view comment) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 0; at < comment.size(); ++at) {
    std::size_t digits = at;
    while (digits < comment.size() && is_upper(comment[digits])) ++digits;
    std::size_t end = digits;
    while (end < comment.size() && is_digit(comment[end])) ++end;
    if (digits > at && end - digits >= 3) return true;
  }
  return false;
}

// Neither a tool's comment, a reminder, nor code that was commented out.
bool says_something(std::string_view comment) {
  const std::size_t start = comment.find_first_not_of("# \t");
  if (start == std::string_view::npos || comment.starts_with("# ###") || names_rule(comment)) return false;
  const std::string text = lower(comment.substr(start));
  static constexpr std::array<std::string_view, 12> kNot = {
      "todo", "fixme", "xxx", "noqa", "type:", "pragma:", "pylint:", "surefoot:", "fmt:", "op.", "pass", "ruff:"};
  return std::none_of(kNot.begin(), kNot.end(), [&](std::string_view word) { return text.starts_with(word); });
}

Node docstring(Node body) {
  const Node first = body.first_child();
  const Node value = first.is(Kind::expression_statement) ? first.first_child() : Node();
  return value.is(Kind::string) || value.is(Kind::concatenated_string) ? value : Node();
}

bool does_nothing(Node function) {
  for (const Node statement : function.child(Field::body).children()) {
    const Node value = statement.first_child();
    const bool constant = value.is(Kind::string) || value.is(Kind::concatenated_string) || value.is(Kind::ellipsis);
    const bool leaves = statement.is(Kind::return_statement) && (!value || value.is(Kind::none));
    const bool idle = statement.is(Kind::expression_statement) && constant;
    if (!statement.is(Kind::pass_statement) && !leaves && !idle) return false;
  }
  return true;
}

// The comments in a top-level function, and those behind its last statement that are indented or on its line.
std::vector<std::string_view> comments_of(const fixes::FileView& file, std::size_t unit) {
  std::vector<std::string_view> comments;
  const syntax::Ast& ast = file.units.units[unit].unit->ast;
  for (const text::Span span : ast.comments()) comments.push_back(ast.text().substr(span.start, span.size()));
  const std::uint32_t end = file.units.units[unit].offset + ast.root().end();
  const std::uint32_t next = unit + 1 < file.units.units.size() ? file.units.units[unit + 1].offset : file.text.size();
  for (const text::Span span : file.units.comments) {
    if (span.start < end || span.start >= next) continue;
    if (file.text.line_start(file.text.line_of(span.start)) < span.start) comments.push_back(file.text.slice(span));
  }
  return comments;
}

// In the function that should go back any comment is taken for a reason, elsewhere one that speaks of going back.
bool is_explained(const fixes::FileView& file, std::size_t unit, Node function, bool down) {
  const Node text = docstring(function.child(Field::body));
  if (text && speaks_of_reversing(text.text())) return true;
  const auto comments = comments_of(file, unit);
  return std::any_of(comments.begin(), comments.end(), [&](std::string_view comment) {
    return down ? says_something(comment)
                : speaks_of_reversing(comment) || lower(comment).find("downgrad") != std::string::npos;
  });
}

bool is_revision(Context& context) {
  const semantics::ModuleIndex& module = context.module();
  return module.find("revision") != nullptr && module.find("down_revision") != nullptr &&
         module.find("upgrade") != nullptr;
}

bool is_top_level(Node function) {
  const Node parent = function.parent();
  return !parent || (parent.is(Kind::decorated_definition) && !parent.parent());
}

// The definition of a top-level function and its unit's number.
Node top_level_function(Context& context, std::string_view name, std::size_t& unit) {
  const auto& models = context.file().models;
  for (unit = 0; unit < models.size(); ++unit) {
    Node root = models[unit]->unit->ast.root();
    if (root.is(Kind::decorated_definition)) root = root.child(Field::definition);
    if (root.is(Kind::function_definition) && root.child(Field::name).text() == name) return root;
  }
  return {};
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule irreversible;
const Rule irreversible{
    .code = "MIG108",
    .name = "irreversible",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_in("django.db.migrations."); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

void check_function(Node function, Context& context) {
  if (!is_top_level(function) || !context.unit().container.empty()) return;
  const Node name = function.child(Field::name);
  const bool down = name.text() == "downgrade";
  if (!down && name.text() != "upgrade") return;
  if (!is_revision(context) || (down != does_nothing(function))) return;
  const semantics::ModuleIndex& module = context.module();
  if (!down && (module.find("downgrade") != nullptr || !module.star_imports().empty())) return;
  Report& report = context.report(irreversible, function,
                                  down ? "`downgrade` does nothing: going back leaves the schema as it is"
                                       : "There is no `downgrade`: this revision cannot be taken back");
  report.span = name.span();
  report.variant = down ? kEmptyDowngrade : kNoDowngrade;
}

struct Operation {
  bool is_sql = false;
  std::string_view forward() const { return is_sql ? "sql" : "code"; }
  std::string_view reverse() const { return is_sql ? "reverse_sql" : "reverse_code"; }
};

std::optional<Operation> operation(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return std::nullopt;
  if (!callee->name.starts_with("django.db.migrations.")) return std::nullopt;
  if (callee->name.ends_with(".RunPython")) return Operation{false};
  if (callee->name.ends_with(".RunSQL")) return Operation{true};
  return std::nullopt;
}

// A comment inside the call, on its last line or right above it that speaks of going back.
bool is_explained(Node call) {
  const std::string_view text = call.ast().text();
  const std::size_t line_end = std::min(text.find('\n', call.end()), text.size());
  std::uint32_t start = call.start();
  const auto& comments = call.ast().comments();
  for (auto it = comments.rbegin(); it != comments.rend(); ++it) {
    if (it->start >= line_end) continue;
    const std::string_view between = it->end <= start ? text.substr(it->end, start - it->end) : std::string_view();
    if (between.find_first_not_of(" \t\r\n") != std::string_view::npos) break;
    if (speaks_of_reversing(text.substr(it->start, it->size()))) return true;
    if (it->end <= start) start = it->start;
  }
  return false;
}

void check_operation(Node call, Context& context) {
  const auto found = operation(call, context);
  if (!found || has_splat(call)) return;
  const Node forward = argument(call, found->forward(), 0);
  const Node reverse = argument(call, found->reverse(), 1);
  if (!forward || forward.text().ends_with(".noop") || (reverse && !reverse.is(Kind::none))) return;
  if (is_explained(call)) return;
  const Node name = call.child(Field::function);
  Report& report = context.report(
      irreversible, call,
      fmt::format("`{}` with no reverse: going back past this migration fails. Give it a reverse, or `noop`",
                  name.text()));
  report.span = name.span();
  report.variant = kOperation;
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) {
    check_operation(node, context);
  } else {
    check_function(node, context);
  }
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kOperation) return true;
  const Node function = context.unit().unit->ast.node(report.node);
  const bool down = report.variant == kEmptyDowngrade;
  if (is_explained(context.file(), context.unit_number(), function, down)) return false;
  if (!down) return true;
  std::size_t unit = 0;
  const Node upgrade = top_level_function(context, "upgrade", unit);
  return upgrade && !does_nothing(upgrade);
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kOperation) return {};
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const auto found = operation(call.node, context);
  if (!found) return {};
  const std::string noop = fmt::format("{}.noop", call.node.child(Field::function).text());
  const Node none = argument(call.node, found->reverse(), 1);
  text::TextEdit edit = none ? fixes::replace(context.file(), context.place(none), noop)
                             : fixes::add_argument(context.file(), call, fmt::format("{}={}", found->reverse(), noop));
  return {{fixes::make_fix(fmt::format("Say that there is nothing to undo: `{}={}`", found->reverse(), noop),
                           fixes::Applicability::unsafe, {std::move(edit)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

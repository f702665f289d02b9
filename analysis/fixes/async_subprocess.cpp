#include "analysis/fixes/async_subprocess.hpp"

#include <algorithm>
#include <array>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/fixes/offload.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// Arguments that asyncio.create_subprocess_exec hands to Popen as they are (Python library reference, asyncio
// subprocesses).
bool is_taken_over(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "close_fds", "creationflags", "cwd",    "env",           "executable",      "extra_groups",
      "group",     "pass_fds",      "stderr", "process_group", "restore_signals", "start_new_session",
      "stdin",     "stdout",        "umask",  "user"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool computes_nothing(Node expression) {
  const syntax::Ast& ast = expression.ast();
  for (std::uint32_t i = expression.index(); i < expression.after(); ++i) {
    const Kind kind = ast.node(i).kind();
    if (kind == Kind::call || kind == Kind::await || kind == Kind::yield || kind == Kind::named_expression)
      return false;
  }
  return true;
}

struct Arguments {
  Node program;
  Node check;  // the keyword argument `check=True` or `check=False`
  bool checked = false;
};

std::optional<Arguments> read_arguments(Node call) {
  Arguments result;
  for (const Node child : call.child(Field::arguments).children()) {
    if (!child.is(Kind::keyword_argument)) {
      if (result.program) return std::nullopt;
      result.program = child;
      continue;
    }
    const std::string_view name = child.child(Field::name).text();
    const Node value = child.child(Field::value);
    if (name == "check" && (value.is(Kind::true_) || value.is(Kind::false_))) {
      result.check = child;
      result.checked = value.is(Kind::true_);
    } else if (!is_taken_over(name) || value.text().ends_with("PIPE")) {
      return std::nullopt;
    }
  }
  if (!result.program || result.program.is(Kind::list_splat)) return std::nullopt;
  return result;
}

// `["git", "pull"]` loses its brackets; a list over several lines, and a name, get a star.
void spread(const FileView& file, const Place& program, std::vector<text::TextEdit>& edits) {
  const std::string_view source = program.node.text();
  const bool display = program.node.is(Kind::list) || program.node.is(Kind::tuple);
  if (!display || source.find_first_of("\n#") != std::string_view::npos) {
    edits.push_back(insert_before(file, program, "*"));
    return;
  }
  const text::Span span = span_in_file(file, program);
  const std::uint32_t last = span_in_file(file, {program.unit, program.node.last_child()}).end;
  edits.push_back({{span.start, span.start + 1}, ""});
  edits.push_back({{last, span.end}, ""});
}

// Takes an argument away with the comma before it.
bool remove_argument(const FileView& file, const Place& argument, std::vector<text::TextEdit>& edits) {
  Node before;
  for (const Node child : argument.node.parent().children()) {
    if (child == argument.node) break;
    before = child;
  }
  if (!before) return false;
  const text::Span gap{span_in_file(file, {argument.unit, before}).end, span_in_file(file, argument).end};
  if (file.text.slice({gap.start, span_in_file(file, argument).start}).find('#') != std::string_view::npos)
    return false;
  edits.push_back({gap, ""});
  return true;
}

bool is_statement(Node call) { return call.parent().is(Kind::expression_statement); }

// The statements that raise what `check` raises, behind the one that waits.
bool add_check(const FileView& file, const Place& call, Node program, const std::string& process,
               std::vector<text::TextEdit>& edits) {
  const Place statement{call.unit, call.node.parent()};
  const auto indent = indentation(file, statement);
  if (!indent || !ends_its_line(file, statement) || !computes_nothing(program)) return false;
  const Import error = import_name(file, call, "subprocess", "CalledProcessError");
  const Node function = call.node.child(Field::function);
  std::string name = error.name;
  if (function.is(Kind::attribute)) {
    name = std::string(function.child(Field::object).text()) + ".CalledProcessError";
  } else if (!error.problem.empty()) {
    return false;
  } else if (error.edit) {
    edits.push_back(*error.edit);
  }
  const std::string level = deeper(*indent).substr(indent->size());
  const std::string raise = "raise " + name + "(" + process + ".returncode, " + std::string(program.text()) + ")";
  edits.push_back(add_statements(file, statement, {"if await " + process + ".wait():", level + raise}));
  return true;
}

bool brackets_needed(Node call) {
  const Node parent = call.parent();
  const Field field = call.field();
  return (parent.is(Kind::attribute) && field == Field::object) ||
         (parent.is(Kind::subscript) && field == Field::value);
}

}  // namespace

std::optional<RunForm> run_form(std::string_view qualified_name) {
  if (qualified_name == "subprocess.run") return RunForm::run;
  if (qualified_name == "subprocess.call") return RunForm::call;
  if (qualified_name == "subprocess.check_call") return RunForm::check_call;
  return std::nullopt;
}

std::optional<Fix> await_subprocess(const FileView& file, const Place& call, RunForm form, bool is_list) {
  const auto arguments = read_arguments(call.node);
  if (!arguments || !await_obstacle(call.node).empty() || loop_library(file) != LoopLibrary::asyncio)
    return std::nullopt;
  const Node program = arguments->program;
  const bool display = program.is(Kind::list) || program.is(Kind::tuple);
  if (display ? program.children().empty() : !is_list) return std::nullopt;
  const bool checked = form == RunForm::check_call || (form == RunForm::run && arguments->checked);
  if ((checked || form == RunForm::run) && !is_statement(call.node)) return std::nullopt;
  if (form != RunForm::run && arguments->check) return std::nullopt;

  std::vector<text::TextEdit> edits;
  const Import asyncio = import_module(file, call, "asyncio");
  if (!asyncio.problem.empty()) return std::nullopt;
  if (asyncio.edit) edits.push_back(*asyncio.edit);
  const std::string create = asyncio.name + ".create_subprocess_exec";
  const Place function{call.unit, call.node.child(Field::function)};
  if (checked) {
    const std::string process = free_name(file, call, "process");
    edits.push_back(replace(file, function, process + " = await " + create));
    if (!add_check(file, call, program, process, edits)) return std::nullopt;
  } else {
    const bool brackets = brackets_needed(call.node);
    edits.push_back(replace(file, function, (brackets ? "(await (await " : "await (await ") + create));
    edits.push_back(insert_after(file, call, brackets ? ").wait())" : ").wait()"));
  }
  spread(file, {call.unit, program}, edits);
  if (arguments->check && !remove_argument(file, {call.unit, arguments->check}, edits)) return std::nullopt;
  return make_fix("Start it with `" + create + "`", Applicability::unsafe, std::move(edits));
}

}  // namespace surefoot::fixes

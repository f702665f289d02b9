#include "analysis/rules/import_time.hpp"

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lazy.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Run by their tools, or by hand.
bool is_run_by_name(std::string_view path) {
  static const text::Words kFiles(
      "__main__.py conf.py conftest.py env.py fabfile.py locustfile.py manage.py noxfile.py setup.py wscript");
  if (kFiles.contain(file_name(path)) || file_name(path).starts_with("gunicorn")) return true;
  static const text::Words kFolders(
      "benchmark benchmarks bin demo demos doc docs example examples hack notebooks scratch script scripts tools");
  for (std::size_t start = 0, slash = 0; (slash = path.find('/', start)) != std::string_view::npos; start = slash + 1) {
    if (kFolders.contain(path.substr(start, slash - start))) return true;
  }
  return is_migration_path(path);
}

// `__name__ == "__main__"`, `TYPE_CHECKING`.
bool is_no_import(Node condition) {
  const std::string_view text = condition.text();
  return text.find("__name__") != std::string_view::npos || text.find("TYPE_CHECKING") != std::string_view::npos;
}

bool is_guarded(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (!outer.is(Kind::if_statement) || child.field() != Field::consequence) continue;
    if (is_no_import(outer.child(Field::condition))) return true;
  }
  return false;
}

// What a program calls at its top level; `run` is that of asyncio or uvicorn.
constexpr std::array<std::string_view, 10> kPrograms = {
    "cli", "exit", "input", "main", "parse_args", "print", "quit", "run", "run_until_complete", "typer"};

// What a program does at its top level and a module does not.
bool acts_as_program(Node statement) {
  if (!statement.is(Kind::expression_statement)) return false;
  Node call = statement.first_child();
  if (call.is(Kind::assignment)) call = without_parentheses(call.child(Field::right));
  if (!call.is(Kind::call)) return false;
  const Node function = call.child(Field::function);
  const std::string_view name =
      function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
  return std::find(kPrograms.begin(), kPrograms.end(), name) != kPrograms.end() &&
         (name != "run" || function.text() == "asyncio.run" || function.text() == "uvicorn.run");
}

}  // namespace

bool runs_at_import(Node node, Context& context) {
  const Scope scope = context.scope_of(node);
  if (scope != Scope::module && scope != Scope::class_body) return false;
  return !is_guarded(node) && !is_run_by_name(context.path());
}

bool may_be_imported(const Report&, Context& context) {
  if (context.is_script()) return false;
  // As any_statement() does, without a look at each of what may be many statements.
  if (auto* reads = semantics::Reads::current()) reads->statements();
  const auto acts = [&](std::uint32_t i) {
    const semantics::UnitModel& unit = context.unit(i);
    return !context.is_definition(i) && unit.container.empty() && acts_as_program(unit.unit.get()->ast.root());
  };
  return std::none_of(kPrograms.begin(), kPrograms.end(), [&](std::string_view name) {
    const auto& units = context.resolver().units_with(context.module(), semantics::NameFilter::hash(name));
    return std::any_of(units.begin(), units.end(), acts);
  });
}

bool loads_much(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kLast = {
      "load",         "load_model",      "from_pretrained",  "load_from_checkpoint",
      "pipeline",     "load_state_dict", "InferenceSession", "SentenceTransformer",
      "CrossEncoder", "download",        "load_dataset",     "WhisperModel"};
  if (fixes::is_standard_library(name.substr(0, name.find('.')))) return false;
  const std::string_view last = name.substr(name.rfind('.') + 1);
  if (last.starts_with("read_")) return true;
  return std::find(kLast.begin(), kLast.end(), last) != kLast.end();
}

Fixes make_lazy(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  return fixes::make_lazy(context.file(), call, has_functools_cache(context));
}

bool has_functools_cache(const Context& context) { return context.target() >= semantics::PythonVersion{3, 9}; }

}  // namespace surefoot::rules

#include "analysis/fixes/imports.hpp"

#include <algorithm>

#include "analysis/semantics/frame.hpp"

namespace surefoot::fixes {

using semantics::Binding;
using semantics::BindingKind;
using semantics::Op;
using semantics::Term;
using semantics::UnitModel;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

std::string_view top_level(std::string_view module) { return module.substr(0, module.find('.')); }

// Code under `if TYPE_CHECKING:` does not run, and that under `if __name__ == "__main__":` not in every process.
bool runs(const UnitModel& unit, std::uint32_t node) {
  for (Node at = unit.unit->ast.node(node); at; at = at.parent()) {
    if (!at.is(Kind::if_statement)) continue;
    const std::string_view condition = at.child(Field::condition).text();
    if (condition.find("TYPE_CHECKING") != std::string_view::npos) return false;
    if (condition.find("__name__") != std::string_view::npos) return false;
  }
  return true;
}

bool always_means(const FileView& file, std::string_view name, std::string_view path) {
  const auto* all = file.module.find(name);
  return all != nullptr && std::all_of(all->begin(), all->end(), [&](const semantics::TermRef& value) {
           const Term& term = value.unit->terms[value.term];
           return value.kind == BindingKind::import && term.op == Op::imported && term.name == path;
         });
}

// A top-level name that is bound to what `path` names and to nothing else.
std::string existing(const FileView& file, std::string_view path) {
  std::string found;
  for (const auto& unit : file.models) {
    for (const Binding& binding : unit->bindings) {
      if (binding.kind != BindingKind::import || !binding.container.empty() || !runs(*unit, binding.node)) continue;
      const Term& term = unit->terms[binding.term];
      if (term.op != Op::imported || term.name != path) continue;
      if (always_means(file, binding.name, path)) found = binding.name;
    }
  }
  return found;
}

bool parameter_named(Node function, std::string_view name) {
  for (const Node parameter : function.child(Field::parameters).children()) {
    const Node named = parameter.child(Field::name);
    const Node identifier = named ? named : parameter.is(Kind::identifier) ? parameter : parameter.first_child();
    if (identifier.is(Kind::identifier) && identifier.text() == name) return true;
  }
  return false;
}

std::string on_line(const FileView& file, std::size_t unit, const Node& node, std::string_view name) {
  const std::uint32_t line = file.text.line_of(span_in_file(file, {unit, node}).start) + 1;
  return "`" + std::string(name) + "` is shadowed on line " + std::to_string(line);
}

// Says where a function around the place binds the name to something else.
std::string shadowed_locally(const FileView& file, const Place& place, std::string_view name, std::string_view path) {
  const UnitModel& model = *file.models[place.unit];
  for (Node node = place.node; node; node = node.parent()) {
    if (!node.is(Kind::function_definition) && !node.is(Kind::lambda)) continue;
    if (parameter_named(node, name)) return on_line(file, place.unit, node, name);
    const Node body = node.child(Field::body);
    if (!node.is(Kind::function_definition) || !body) continue;
    semantics::Frame frame;
    semantics::collect_names(body, frame);
    const auto slot = frame.slots.find(name);
    if (!slot) continue;
    for (const semantics::Frame::Site& site : frame.sites) {
      const Node at = model.unit->ast.node(site.node);
      const bool same = at.is(Kind::import_statement) && at.text().find(path) != std::string_view::npos &&
                        site.node < place.node.index();
      if (site.slot == *slot && !same) return on_line(file, place.unit, at, name);
    }
    return "";
  }
  return "";
}

bool imported_locally(const FileView& file, const Place& place, std::string_view name) {
  for (Node node = place.node; node; node = node.parent()) {
    const Node body = node.is(Kind::function_definition) ? node.child(Field::body) : Node();
    if (!body) continue;
    semantics::Frame frame;
    semantics::collect_names(body, frame);
    if (frame.slots.contains(name)) return true;
  }
  (void)file;
  return false;
}

std::string shadowed_at_top(const FileView& file, std::string_view name, std::string_view path) {
  for (std::size_t i = 0; i < file.models.size(); ++i) {
    for (const Binding& binding : file.models[i]->bindings) {
      if (binding.name != name || !binding.container.empty()) continue;
      const Term& term = file.models[i]->terms[binding.term];
      if (term.op == Op::imported && (term.name == path || top_level(path) == term.name)) continue;
      return on_line(file, i, file.models[i]->unit->ast.node(binding.node), name);
    }
  }
  return "";
}

// Where imports stand: the leading run of import statements at the top level.
struct ImportBlock {
  std::vector<std::size_t> imports;  // unit numbers, `from __future__` left out
  std::uint32_t start = 0;           // where a first import would go
  bool after_something = false;      // a docstring or a __future__ import stands before `start`
};

bool is_docstring(const syntax::Ast& ast) {
  return ast.root().is(Kind::expression_statement) && ast.root().first_child().is(Kind::string);
}

std::uint32_t line_after(const FileView& file, std::uint32_t offset) {
  const std::uint32_t line = file.text.line_of(offset);
  return file.text.line_start(line + 1);
}

ImportBlock find_block(const FileView& file) {
  ImportBlock block;
  if (file.text.bytes().starts_with("\xEF\xBB\xBF")) block.start = 3;
  const std::string_view bytes = file.text.bytes();
  for (const text::Span comment : file.units.comments) {  // a shebang line, a coding cookie, a licence
    if (file.text.slice({block.start, comment.start}).find_first_not_of(" \t\r\n") != std::string_view::npos) break;
    if (!file.units.units.empty() && comment.start > file.units.units.front().offset) break;
    block.start = line_after(file, comment.end);
  }
  for (std::size_t i = 0; i < file.units.units.size(); ++i) {
    const syntax::Ast& ast = file.units.units[i].unit->ast;
    const std::uint32_t end = file.units.units[i].offset + ast.root().end();
    const Kind kind = ast.root().kind();
    if ((i == 0 && is_docstring(ast)) || kind == Kind::future_import_statement) {
      block.start = line_after(file, end);
      block.after_something = true;
    } else if (kind == Kind::import_statement || kind == Kind::import_from_statement) {
      block.imports.push_back(i);
    } else {
      break;
    }
  }
  block.start = std::min(block.start, static_cast<std::uint32_t>(bytes.size()));
  return block;
}

std::string_view module_of(Node statement) {
  if (statement.is(Kind::import_from_statement)) return statement.child(Field::module_name).text();
  const Node name = statement.child(Field::name);
  return name.is(Kind::aliased_import) ? name.child(Field::name).text() : name.text();
}

enum class Section { standard, third_party, local };

Section section_of(std::string_view module) {
  if (module.starts_with('.')) return Section::local;
  return is_standard_library(module) ? Section::standard : Section::third_party;
}

// isort's order within a section: plain imports first, each kind by name.
bool stands_before(Node a_statement, bool b_plain, std::string_view b_module) {
  const bool a_plain = a_statement.is(Kind::import_statement);
  if (a_plain != b_plain) return a_plain;
  return module_of(a_statement) < b_module;
}

text::TextEdit insertion(const FileView& file, const std::string& statement, bool plain, std::string_view module) {
  const std::string end(file.text.dominant_line_ending());
  const ImportBlock block = find_block(file);
  const Section section = section_of(module);
  const auto root = [&](std::size_t unit) { return file.units.units[unit].unit->ast.root(); };
  std::size_t before = block.imports.size();  // the import that ours goes before
  bool same_section = false;
  for (std::size_t i = 0; i < block.imports.size(); ++i) {
    const Node node = root(block.imports[i]);
    const Section other = section_of(module_of(node));
    same_section = same_section || other == section;
    if (other > section || (other == section && !stands_before(node, plain, module))) {
      before = i;
      break;
    }
  }
  if (before < block.imports.size()) {
    const std::uint32_t at = file.units.units[block.imports[before]].offset;
    const bool joins = section_of(module_of(root(block.imports[before]))) == section;
    if (!joins && same_section) {  // the last of its section
      const std::size_t last = block.imports[before - 1];
      const std::uint32_t after = line_after(file, file.units.units[last].offset + root(last).end());
      return {{after, after}, statement + end};
    }
    const std::uint32_t line = file.text.line_start(file.text.line_of(at));
    return {{line, line}, statement + end + (joins ? "" : end)};
  }
  if (!block.imports.empty()) {
    const std::size_t last = block.imports.back();
    const std::uint32_t stop = file.units.units[last].offset + root(last).end();
    const std::uint32_t after = line_after(file, stop);
    const bool open_end = after == file.text.size() && !file.text.bytes().ends_with('\n');
    return {{after, after}, (open_end ? end : "") + std::string(same_section ? "" : end) + statement + end};
  }
  const std::string gap = block.start < file.text.size() ? end : "";
  const bool blank_follows = file.text.bytes().substr(block.start).starts_with(end);
  const std::string before_it = block.after_something ? end : "";
  return {{block.start, block.start}, before_it + statement + end + (blank_follows ? "" : gap + gap)};
}

Import plan(const FileView& file, const Place& place, const std::string& statement, bool plain, std::string_view module,
            std::string_view path, std::string_view bound, std::string_view written) {
  Import result;
  result.name = written;
  if (const std::string name = existing(file, path); !name.empty()) {
    result.name = name;
    result.problem = shadowed_locally(file, place, name, path);
    return result;
  }
  result.problem = shadowed_locally(file, place, bound, path);
  if (result.problem.empty()) result.problem = shadowed_at_top(file, bound, path);
  if (!result.problem.empty() || imported_locally(file, place, bound)) return result;
  result.edit = insertion(file, statement, plain, module);
  return result;
}

}  // namespace

Import import_module(const FileView& file, const Place& place, std::string_view module) {
  return plan(file, place, "import " + std::string(module), true, module, module, top_level(module), module);
}

Import import_name(const FileView& file, const Place& place, std::string_view module, std::string_view name) {
  const std::string statement = "from " + std::string(module) + " import " + std::string(name);
  return plan(file, place, statement, false, module, std::string(module) + "." + std::string(name), name, name);
}

bool imports(const FileView& file, std::string_view module) { return file.module.imports(module); }

}  // namespace surefoot::fixes

#include "analysis/fixes/lazy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/module_values.hpp"
#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

namespace {

class Lazy {
 public:
  Lazy(const FileView& file, const Place& call) : file_(file), call_(call), definition_(module_value_of(call.node)) {}

  Fixes run(bool has_cache) {
    if (std::string problem = obstacle(); !problem.empty()) return {{}, std::move(problem)};
    name_ = accessor();
    Uses uses = later_uses(file_, call_, definition_);
    if (!uses.problem.empty()) return {{}, std::move(uses.problem)};
    for (const Place& use : uses.places) edits_.push_back(replace(file_, use, name_ + "()"));
    Import functools = import_module(file_, call_, "functools");
    if (!functools.problem.empty()) return {{}, std::move(functools.problem)};
    if (functools.edit) edits_.push_back(std::move(*functools.edit));
    define(functools.name + (has_cache ? ".cache" : ".lru_cache(maxsize=None)"));
    const std::string title = fmt::format("Make `{}` when it is first used", definition_.target.text());
    return {{make_fix(title, Applicability::unsafe, std::move(edits_))}, ""};
  }

 private:
  std::string obstacle() const {
    if (!definition_.statement) return "what it gives is not kept under a name";
    const std::string_view name = definition_.target.text();
    const Place statement{call_.unit, definition_.statement};
    if (!name.starts_with('_')) return fmt::format("other files may import `{}`", name);
    if (name.starts_with("__")) return "Python reads the name";
    if (!indentation(file_, statement) || !ends_its_line(file_, statement)) return "it shares its line";
    return "";
  }

  // The name in small letters, for a function.
  std::string accessor() const {
    std::string name(definition_.target.text());
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == definition_.target.text() ? name : free_name(file_, call_, name);
  }

  void define(const std::string& decorator) {
    const Place statement{call_.unit, definition_.statement};
    const text::Span span = span_in_file(file_, statement);
    std::string head = missing_lines(file_.text.line_of(span.start), -1);
    head += cached_function(file_, decorator, name_, definition_.annotation.text());
    edits_.push_back({{span.start, span_in_file(file_, {call_.unit, definition_.value}).start}, std::move(head)});
    std::vector<text::TextEdit> lines = indent_lines(file_, statement, statement);
    edits_.insert(edits_.end(), lines.begin() + 1, lines.end());
    const std::uint32_t last = file_.text.line_of(span.end);
    const std::uint32_t stop = file_.text.line_span(last).end;
    edits_.push_back({{stop, stop}, missing_lines(last, 1)});
  }

  // What is missing to the two blank lines round a function, above (-1) or below (1) a line.
  std::string missing_lines(std::int64_t line, std::int64_t step) const {
    std::string missing;
    for (int wanted = 2; wanted > 0; --wanted) {
      line += step;
      if (line < 0 || line >= file_.text.line_count()) return "";
      if (!is_blank(static_cast<std::uint32_t>(line))) {
        for (; wanted > 0; --wanted) missing += file_.text.dominant_line_ending();
      }
    }
    return missing;
  }

  bool is_blank(std::uint32_t line) const {
    return file_.text.slice(file_.text.line_span(line)).find_first_not_of(" \t\f") == std::string_view::npos;
  }

  const FileView& file_;
  const Place& call_;
  ModuleValue definition_;
  std::string name_;  // of the function
  std::vector<text::TextEdit> edits_;
};

}  // namespace

std::string cached_function(const FileView& file, std::string_view decorator, std::string_view name,
                            std::string_view annotation) {
  const std::string_view end = file.text.dominant_line_ending();
  return fmt::format("@{}{}def {}(){}{}:{}    return ", decorator, end, name, annotation.empty() ? "" : " -> ",
                     annotation, end);
}

Fixes make_lazy(const FileView& file, const Place& call, bool has_cache) { return Lazy(file, call).run(has_cache); }

}  // namespace surefoot::fixes

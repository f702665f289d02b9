#include "server/cli/explain_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/engine/explain.hpp"
#include "server/cli/json_place.hpp"
#include "server/cli/printable.hpp"
#include "server/cli/project_graph.hpp"
#include "server/workspace/lazy_files.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using Json = nlohmann::ordered_json;
using engine::Explanation;
using engine::Step;

/// Ways to the function that are printed; JSON has all.
constexpr std::size_t kShownWays = 20;

struct FileLine {
  std::string file;
  std::uint32_t line = 0;  // 1-based
};

/// Takes ":12" off the end; nothing when there is no such thing.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  text = text.substr(0, colon);
  return number;
}

std::optional<FileLine> parse_place(std::string_view text) {
  auto line = take_number(text);
  if (!line) return std::nullopt;
  if (const auto before = take_number(text)) line = before;  // FILE:LINE:COLUMN
  return text.empty() || *line == 0 ? std::nullopt : std::optional(FileLine{std::string(text), *line});
}

class Text {
 public:
  Text(const Explanation& explanation, const std::string& folder, Console& console)
      : explanation_(explanation), folder_(folder), console_(console) {}

  void print(std::string_view headline) {
    const auto& function = explanation_.function;
    console_.out << styled(printable(function.name), Style::bold, console_.colour_out)
                 << styled(" (" + row_of(function.site, folder_) + ")", Style::path, console_.colour_out) << '\n'
                 << printable(headline) << '\n';
    for (const engine::EffectChain& effect : explanation_.effects) {
      chain(fmt::format("{} {}", effect.name, effect.what), effect.steps);
    }
    if (!explanation_.reached.empty()) print_ways();
  }

 private:
  void print_ways() {
    const auto& ways = explanation_.reached;
    const std::size_t tests = engine::count_in_tests(explanation_);
    const std::size_t count = ways.size() - tests;
    console_.out << '\n' << styled("reached by", Style::bold, console_.colour_out) << '\n';
    for (std::size_t i = 0; i < std::min(count, kShownWays); ++i) {
      console_.out << "  " << printable(engine::describe(ways[i]) + " (" + row_of(ways[i].site, folder_) + ")") << '\n';
      print_steps("    ", ways[i].steps);
    }
    if (count > kShownWays) {
      console_.out << fmt::format("  … and {} more: --output-format json has them all\n", count - kShownWays);
    }
    if (tests > 0) console_.out << fmt::format("  {} test{}\n", tests, tests == 1 ? "" : "s");
  }

  void chain(const std::string& title, const std::vector<Step>& all) {
    console_.out << '\n' << styled(printable(title), Style::bold, console_.colour_out) << '\n';
    print_steps("  ", all);
  }

  void print_steps(std::string_view indent, const std::vector<Step>& all) {
    std::size_t widest = 0;
    for (const Step& step : all) widest = std::max(widest, row_of(step.site, folder_).size());
    for (const Step& step : all) {
      const std::string row = printable(row_of(step.site, folder_));
      console_.out << indent << styled(row, Style::path, console_.colour_out)
                   << std::string(widest - std::min(widest, row.size()) + 2, ' ') << printable(step.message) << '\n';
    }
  }

  const Explanation& explanation_;
  const std::string& folder_;
  Console& console_;
};

Json to_json(const std::vector<Step>& steps, const std::string& folder) {
  Json chain = Json::array();
  for (const Step& step : steps) {
    Json each = {{"message", step.message}};
    add_place(each, to_place(step.site, folder));
    chain.push_back(std::move(each));
  }
  return chain;
}

std::string_view kind_of(const Explanation& explanation) {
  using Kind = project::CallGraph::Kind;
  if (explanation.function.kind == Kind::coroutine) return "async";
  return explanation.function.is_code_of_module() ? "module" : "sync";
}

Json to_json(const Explanation& explanation, std::string_view headline, const std::string& folder) {
  Json json = {{"function", explanation.function.name}, {"kind", kind_of(explanation)}};
  add_place(json, to_place(explanation.function.site, folder));
  json["summary"] = headline;
  json["effects"] = Json::array();
  for (const engine::EffectChain& effect : explanation.effects) {
    json["effects"].push_back({{"code", effect.code},
                               {"name", effect.name},
                               {"effect", effect.what},
                               {"blocks", engine::is_blocking(effect.code)},
                               {"chain", to_json(effect.steps, folder)}});
  }
  json["reached_by"] = Json::array();
  for (const engine::ReachChain& reach : explanation.reached) {
    Json each = {{"context", engine::to_string(reach.where)}, {"function", reach.name}, {"in_tests", reach.in_tests}};
    add_place(each, to_place(reach.site, folder));
    each["chain"] = to_json(reach.steps, folder);
    json["reached_by"].push_back(std::move(each));
  }
  return json;
}

/// The files of the project, and the file itself, whatever excludes it.
std::vector<SourceFile> files_of(const std::string& file, const std::shared_ptr<const ResolvedConfig>& config,
                                 const CheckOptions& options, ConfigFiles& configs) {
  std::vector<SourceFile> files = discover({config->root}, options.working_folder, configs).files;
  const bool known = std::any_of(files.begin(), files.end(), [&](const SourceFile& one) { return one.path == file; });
  if (!known) files.push_back({file, file, config});
  return files;
}

/// Why the line cannot be looked at; empty when it can.
std::string obstacle(const std::string& path, const FileLine& wanted, const SourceFile& file,
                     const CheckOptions& options) {
  const LazyFiles reader({file}, {options.file.largest_file, 1, nullptr, nullptr});
  const LoadedFile loaded = reader.load(0);
  if (loaded.module == nullptr) return wanted.file + ": " + loaded.error;
  const text::SourceText& text = loaded.module->text;
  const std::uint32_t lines = text.line_count() - (text.line_span(text.line_count() - 1).empty() ? 1 : 0);
  if (wanted.line <= lines) return {};
  if (lines == 0) return relative_path(path, options.working_folder) + " is empty";
  return fmt::format("{} has no line {}, only {}", relative_path(path, options.working_folder), wanted.line, lines);
}

/// Where the code of a line starts, as an offset in the file.
std::uint32_t code_of_line(const text::SourceText& text, std::uint32_t line) {
  const text::Span span = text.line_span(line);
  const std::size_t indent = text.slice(span).find_first_not_of(" \t\f");
  return indent == std::string_view::npos ? span.start : span.start + static_cast<std::uint32_t>(indent);
}

}  // namespace

int run_explain(std::string_view place, std::string_view format, const CheckOptions& options, Console& console) {
  const auto wanted = parse_place(place);
  if (!wanted) return fail(console, fmt::format("`{}` is no FILE:LINE, such as app/service.py:42", place));
  auto configs = configuration_for(options, console);
  if (!configs) return kFailed;
  const std::string path = absolute_path(wanted->file, options.working_folder);
  const ConfigAnswer answer = configs->for_file(path);
  if (answer.problem) return fail(console, describe(*answer.problem, options.working_folder));
  const std::string why = obstacle(path, *wanted, {path, wanted->file, answer.config}, options);
  if (!why.empty()) return fail(console, why);
  const auto graph = read_call_graph(files_of(path, answer.config, options, *configs), *answer.config->config, options);
  const project::ModuleKey key = project::module_key(path);
  const project::FileText* file = graph->file(key);
  const auto function =
      file == nullptr ? std::nullopt : graph->around(key, code_of_line(file->text(), wanted->line - 1));
  if (!function) return fail(console, wanted->file + ": nothing in it can be explained");
  const Explanation explanation = engine::explain(*graph, *function);
  const auto shown = [&](const project::Site& site) { return row_of(site, options.working_folder); };
  const std::string headline = engine::headline(explanation, shown);
  if (format == "json") {
    console.out
        << to_json(explanation, headline, options.working_folder).dump(2, ' ', false, Json::error_handler_t::replace)
        << '\n';
  } else {
    Text(explanation, options.working_folder, console).print(headline);
  }
  return kClean;
}

}  // namespace surefoot::server

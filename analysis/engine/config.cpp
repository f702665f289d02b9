#include "analysis/engine/config.hpp"

#include <algorithm>
#include <utility>

#include "analysis/engine/config_document.hpp"
#include "analysis/engine/config_keys.hpp"
#include "analysis/engine/config_suggest.hpp"
#include "analysis/engine/python_requires.hpp"

namespace surefoot::engine {
namespace {

using text::SourceText;
using text::Span;

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

/// A value of the document with the places of its items, in step with `value.items`.
struct Located {
  SettingValue value;
  std::vector<Span> values;
  std::vector<Span> names;
};

using MaybeProblem = std::optional<ConfigProblem>;

/// Reads the value of one key, in the shape that the key wants.
class ValueReader {
 public:
  ValueReader(const ConfigKey& key, const SourceText& text) : key_(key), text_(text) {}

  MaybeProblem read(const toml::node& node, Located& into) const {
    switch (key_.shape) {
      case Shape::boolean:
        return scalar<bool>(node, into.value.flag);
      case Shape::integer:
        return scalar<std::int64_t>(node, into.value.number);
      case Shape::string:
        return item(node, {}, {}, into);
      case Shape::list:
        return list(node, {}, {}, into);
      case Shape::lists_by_name:
      case Shape::strings_by_name:
        return table(node, into);
    }
    return {};
  }

 private:
  MaybeProblem wrong(const toml::node& node) const {
    return ConfigProblem{span_of(text_, node.source()), "`" + std::string(key_.name) + "`: expected " +
                                                            std::string(key_.expects) + ", found " +
                                                            std::string(kind_of(node))};
  }

  template <typename T>
  MaybeProblem scalar(const toml::node& node, T& into) const {
    const auto value = node.value_exact<T>();
    if (!value) return wrong(node);
    into = *value;
    return {};
  }

  MaybeProblem item(const toml::node& node, std::string name, Span name_span, Located& into) const {
    auto value = node.value_exact<std::string>();
    if (!value) return wrong(node);
    into.value.items.push_back({std::move(name), *std::move(value)});
    into.values.push_back(span_of(text_, node.source()));
    into.names.push_back(name_span);
    return {};
  }

  MaybeProblem list(const toml::node& node, const std::string& name, Span name_span, Located& into) const {
    const toml::array* array = node.as_array();
    if (array == nullptr) return wrong(node);
    for (const toml::node& each : *array) {
      if (auto problem = item(each, name, name_span, into)) return problem;
    }
    return {};
  }

  MaybeProblem table(const toml::node& node, Located& into) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong(node);
    for (const auto& [name, each] : *table) {
      const Span name_span = span_of(text_, name.source());
      const std::string key(name.str());
      auto problem =
          key_.shape == Shape::lists_by_name ? list(each, key, name_span, into) : item(each, key, name_span, into);
      if (problem) return problem;
    }
    return {};
  }

  const ConfigKey& key_;
  const SourceText& text_;
};

MaybeProblem unknown_key(std::string_view name, Span span) {
  const std::vector<std::string_view> known = config_key_names();
  return ConfigProblem{span, "unknown key `" + std::string(name) + "`" + did_you_mean(name, known)};
}

MaybeProblem apply_key(const toml::key& name, const toml::node& node, const SourceText& text, LoadedConfig& loaded) {
  const Span name_span = span_of(text, name.source());
  const ConfigKey* key = find_config_key(name.str());
  if (key == nullptr) return unknown_key(name.str(), name_span);
  Located located;
  if (auto problem = ValueReader(*key, text).read(node, located)) return problem;
  if (const auto refusal = key->apply(loaded.config, located.value)) {
    const auto& spans = refusal->name_at_fault ? located.names : located.values;
    const Span span = refusal->item < spans.size() ? spans[refusal->item] : span_of(text, node.source());
    return ConfigProblem{span, "`" + std::string(key->name) + "`: " + refusal->message};
  }
  loaded.set_on_line[std::string(key->name)] = text.line_of(name_span.start);
  return {};
}

std::variant<LoadedConfig, ConfigProblem> apply_table(const toml::table& table, const SourceText& text) {
  // In the order of the text, so that of several problems the first is told.
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    const auto place = [](const toml::key& key) {
      return std::pair(key.source().begin.line, key.source().begin.column);
    };
    return place(*a.first) < place(*b.first);
  });
  LoadedConfig loaded;
  for (const auto& [key, node] : entries) {
    if (auto problem = apply_key(*key, *node, text, loaded)) return *std::move(problem);
  }
  return loaded;
}

/// `requires-python` of [project], or Poetry's, where `target-version` is not set. One that is not understood is not
/// our business.
void apply_requires_python(const TomlDocument& document, LoadedConfig& loaded) {
  if (loaded.config.target_version) return;
  const toml::node* node = document.root["project"]["requires-python"].node();
  const bool is_poetry = node == nullptr;
  if (is_poetry) node = document.root["tool"]["poetry"]["dependencies"]["python"].node();
  if (node == nullptr) return;
  const auto specifier = node->value_exact<std::string>();
  if (!specifier) return;
  loaded.config.target_version = is_poetry ? parse_poetry_python(*specifier) : parse_requires_python(*specifier);
  if (!loaded.config.target_version) return;
  loaded.set_on_line["target-version"] = document.text.line_of(span_of(document.text, node->source()).start);
}

std::variant<LoadedConfig, ConfigProblem> from_pyproject(const TomlDocument& document) {
  std::variant<LoadedConfig, ConfigProblem> result{LoadedConfig{}};
  if (const toml::node* node = document.root["tool"]["surefoot"].node()) {
    const toml::table* table = node->as_table();
    if (table == nullptr) {
      return ConfigProblem{span_of(document.text, node->source()),
                           "`tool.surefoot`: expected a table, found " + std::string(kind_of(*node))};
    }
    result = apply_table(*table, document.text);
  }
  if (auto* loaded = std::get_if<LoadedConfig>(&result)) apply_requires_python(document, *loaded);
  return result;
}

}  // namespace

std::variant<LoadedConfig, ConfigProblem> parse_config(std::string_view toml, ConfigFile kind) {
  const auto read = read_toml(toml);
  if (const auto* problem = std::get_if<ConfigProblem>(&read)) return *problem;
  const auto& document = std::get<TomlDocument>(read);
  return kind == ConfigFile::pyproject ? from_pyproject(document) : apply_table(document.root, document.text);
}

bool has_surefoot_table(std::string_view pyproject) {
  const auto read = read_toml(pyproject);
  const auto* document = std::get_if<TomlDocument>(&read);
  return document == nullptr || document->root["tool"]["surefoot"].node() != nullptr;
}

}  // namespace surefoot::engine

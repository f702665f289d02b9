#include "protocol/json.hpp"

#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::size_t skip_string(std::string_view text, std::size_t open_quote) {
  std::size_t i = open_quote + 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i;
}

// Up to the first syntax error this sees the same brackets as the parser, so the parser never gets deeper.
std::optional<std::string> over_limits(std::string_view text, JsonLimits limits) {
  std::size_t depth = 0;
  std::size_t values = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i = skip_string(text, i);
        break;
      case '[':
      case '{':
        ++values;
        if (++depth > limits.max_depth) return "nested deeper than " + std::to_string(limits.max_depth);
        break;
      case ']':
      case '}':
        if (depth > 0) --depth;
        break;
      case ',':
        ++values;
        break;
      default:
        break;
    }
    if (values > limits.max_values) return "more than " + std::to_string(limits.max_values) + " values";
  }
  return std::nullopt;
}

// Accepts everything and remembers where the parser stopped.
struct ErrorPosition : nlohmann::json_sax<json> {
  std::size_t position = 0;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t at, const std::string&, const json::exception&) override {
    position = at;
    return false;
  }
};

JsonError syntax_error(std::string_view text) {
  ErrorPosition finder;
  json::sax_parse(text.begin(), text.end(), &finder);
  return {"not valid UTF-8 JSON, at byte " + std::to_string(finder.position)};
}

// The code unit of `\uXXXX` at `at`, if that is what stands there.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
  unsigned unit = 0;
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
  return error == std::errc() && end == text.data() + at + 6 ? std::optional(unit) : std::nullopt;
}

bool is_surrogate(std::optional<unsigned> unit, unsigned first) {
  return unit && *unit >= first && *unit < first + 0x400;
}

// With U+FFFD for each escaped half of a surrogate pair that has no other half. None if there are none.
std::optional<std::string> with_halves_replaced(std::string_view text) {
  std::string out(text);
  bool changed = false;
  for (std::size_t i = text.find('\\'); i != std::string_view::npos; i = text.find('\\', i)) {
    const auto unit = escaped_unit(text, i);
    const bool pair = is_surrogate(unit, 0xD800) && is_surrogate(escaped_unit(text, i + 6), 0xDC00);
    const bool half = !pair && (is_surrogate(unit, 0xD800) || is_surrogate(unit, 0xDC00));
    if (half) out.replace(i + 2, 4, "fffd");
    changed = changed || half;
    i += pair ? 12 : unit ? 6 : 2;
  }
  return changed ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

JsonValue::JsonValue(json value) : value_(std::make_shared<const json>(std::move(value))) {}

const json& JsonValue::get() const {
  static const json kNull;
  return value_ ? *value_ : kNull;
}

bool JsonValue::operator==(const JsonValue& other) const {
  return present() == other.present() && get() == other.get();
}

void to_json(json& out, const JsonValue& value) { out = value.get(); }

std::variant<json, JsonError> parse_json(std::string_view text, JsonLimits limits) {
  if (auto why = over_limits(text, limits)) return JsonError{std::move(*why)};
  // nlohmann's lexer takes a NUL for the end of the text, and would not see what follows it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return JsonError{"a NUL at byte " + std::to_string(nul)};
  }
  json value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) {
    if (const auto mended = with_halves_replaced(text)) value = json::parse(*mended, nullptr, false);
  }
  if (value.is_discarded()) return syntax_error(text);
  return value;
}

std::string dump_json(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace surefoot::protocol

// JSON text to value and back, safe for hostile input, and a holder for JSON values in headers that must stay light.
// None of this throws (std::bad_alloc apart).
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace surefoot::protocol {

// An immutable JSON value, or none. Copies are cheap and share the value; sharing between threads is safe.
class JsonValue {
 public:
  JsonValue() = default;
  explicit JsonValue(nlohmann::json value);

  // False if the member was absent. An explicit `null` is present.
  bool present() const { return value_ != nullptr; }

  // The value; `null` if none is present. The reference lives as long as any copy of this object.
  const nlohmann::json& get() const;

  bool operator==(const JsonValue& other) const;

 private:
  std::shared_ptr<const nlohmann::json> value_;
};

void to_json(nlohmann::json& out, const JsonValue& value);

struct JsonLimits {
  std::size_t max_depth = 512;  // arrays and objects inside each other; keeps every recursive walk of a value safe
  std::size_t max_values = 4'000'000;  // values in one text; keeps 64 MiB of `[[],[],…` from becoming gigabytes
};

struct JsonError {
  std::string why;
};

// Parses one UTF-8 text. Invalid UTF-8, trailing bytes and texts over the limits are errors.
// The limits are checked before any value is built. Of duplicate keys the last counts. Half of a surrogate pair,
// escaped
// ("\ud83d"), becomes U+FFFD: editors written in JavaScript send it for half an emoji. It takes one UTF-16 code unit
// too, so positions stay right.
std::variant<nlohmann::json, JsonError> parse_json(std::string_view text, JsonLimits limits = {});

// The shortest text. Invalid UTF-8 in strings becomes U+FFFD.
std::string dump_json(const nlohmann::json& value);

}  // namespace surefoot::protocol

// Helpers for the `to_json` functions of this folder. Private to protocol/.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "protocol/json.hpp"

namespace surefoot::protocol {

// Writes a member of an object if there is something to write: optional members are left out, not null.
template <class T>
void put(nlohmann::json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

inline nlohmann::json token_to_json(const std::variant<std::int64_t, std::string>& token) {
  return std::visit([](const auto& value) { return nlohmann::json(value); }, token);
}

template <class List>
void put_if_any(nlohmann::json& object, const char* key, const List& list) {
  if (!list.empty()) object[key] = list;
}

inline void put_if_present(nlohmann::json& object, const char* key, const JsonValue& value) {
  if (value.present()) object[key] = value.get();
}

inline void put_if_true(nlohmann::json& object, const char* key, bool value) {
  if (value) object[key] = true;
}

// Enumerators that the protocol writes as numbers.
template <class Enum>
int number(Enum value) {
  return static_cast<int>(value);
}

// The enumerator with this number, or none: newer clients may know more of them than we do.
template <class Enum>
std::optional<Enum> enumerator(std::int32_t number, Enum first, Enum last) {
  if (number < static_cast<int>(first) || number > static_cast<int>(last)) return std::nullopt;
  return static_cast<Enum>(number);
}

}  // namespace surefoot::protocol

#include "protocol/decode.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace surefoot::protocol {
namespace {

using nlohmann::json;

// Keys can be a client's own, such as the URIs of WorkspaceEdit::changes.
std::string key_in_path(std::string_view key, bool first) {
  constexpr std::size_t kLongest = 100;
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  bool plain = !key.empty();
  for (const char c : key) plain = plain && is_plain(c);
  if (plain) return (first ? "" : ".") + std::string(key);
  return "[" + dump_json(key.substr(0, kLongest)) + "]";
}

std::string what_is(const json& value) {
  if (value.is_number()) return dump_json(value);
  switch (value.type()) {
    case json::value_t::object:
      return "an object";
    case json::value_t::array:
      return "an array";
    case json::value_t::string:
      return "a string";
    case json::value_t::boolean:
      return "a boolean";
    default:
      return "null";
  }
}

void fail_type(const Reader& in, const std::string& wanted) {
  if (!in.present()) return in.fail("is missing");
  in.fail("must be " + wanted + ", is " + what_is(*in.value()));
}

// Integers of JSON text are signed if negative and unsigned if not; anything with a point or exponent is a double.
template <class T>
void read_integer(const Reader& in, T& out, std::int64_t smallest, std::int64_t largest) {
  if (in.present() && in.value()->is_number_integer()) {
    const json& value = *in.value();
    const bool huge = value.is_number_unsigned() &&
                      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const std::int64_t number = huge ? 0 : value.get<std::int64_t>();
    if (!huge && number >= smallest && number <= largest) {
      out = static_cast<T>(number);
      return;
    }
  }
  fail_type(in, "a whole number from " + std::to_string(smallest) + " to " + std::to_string(largest));
}

}  // namespace

Reader Reader::operator[](std::string_view key) const {
  const json* child = nullptr;
  if (present() && value_->is_object()) {
    const auto found = value_->find(key);
    if (found != value_->end()) child = &*found;
  } else if (present() && !(value_->is_array() && value_->empty())) {
    fail("must be an object, is " + what_is(*value_));
  }
  return {child, *this, key, std::nullopt};
}

bool Reader::present() const { return value_ != nullptr && !value_->is_null(); }

void Reader::fail(std::string why) const {
  if (failed()) return;
  // Of several missing places inside each other, the outermost is what the client forgot.
  const Reader* place = this;
  while (place->parent_ != nullptr && !present() && !place->parent_->present()) place = place->parent_;
  *error_ = DecodeError{place->path(), std::move(why)};
}

std::vector<std::string> Reader::keys() const {
  std::vector<std::string> out;
  if (present() && value_->is_array() && value_->empty()) return out;
  if (!present() || !value_->is_object()) {
    fail_type(*this, "an object");
    return out;
  }
  for (const auto& member : value_->items()) out.push_back(member.key());
  return out;
}

bool Reader::flag() const { return value_ != nullptr && value_->is_boolean() && value_->get<bool>(); }

bool Reader::has_string(std::string_view text) const {
  if (value_ == nullptr || !value_->is_array()) return false;
  for (const json& element : *value_) {
    if (element.is_string() && element.get_ref<const std::string&>() == text) return true;
  }
  return false;
}

JsonValue Reader::raw() const { return value_ == nullptr ? JsonValue() : JsonValue(*value_); }

std::string Reader::path() const {
  std::vector<const Reader*> places;
  for (const Reader* place = this; place != nullptr; place = place->parent_) places.push_back(place);
  std::string out;
  for (auto it = places.rbegin(); it != places.rend(); ++it) {
    const Reader& place = **it;
    out += place.index_ ? "[" + std::to_string(*place.index_) + "]" : key_in_path(place.name_, out.empty());
  }
  return out;
}

std::size_t Reader::list_size() const {
  const bool empty_object = present() && value_->is_object() && value_->empty();
  if (present() && (value_->is_array() || empty_object)) return value_->size();
  fail_type(*this, "an array");
  return 0;
}

Reader Reader::element(std::size_t index) const { return {&(*value_)[index], *this, {}, index}; }

void read(const Reader& in, bool& out) {
  if (!in.present() || !in.value()->is_boolean()) return fail_type(in, "a boolean");
  out = in.value()->get<bool>();
}

void read(const Reader& in, std::string& out) {
  if (!in.present() || !in.value()->is_string()) return fail_type(in, "a string");
  out = in.value()->get_ref<const std::string&>();
}

void read(const Reader& in, std::uint32_t& out) { read_integer(in, out, 0, std::numeric_limits<std::int32_t>::max()); }

void read(const Reader& in, std::int32_t& out) {
  read_integer(in, out, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
}

void read(const Reader& in, std::int64_t& out) {
  read_integer(in, out, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
}

void read(const Reader& in, std::variant<std::int64_t, std::string>& out) {
  if (in.present() && in.value()->is_string()) {
    out = in.value()->get<std::string>();
  } else if (in.present() && in.value()->is_number()) {
    out = in.as<std::int64_t>();
  } else {
    fail_type(in, "a string or a whole number");
  }
}

void read(const Reader& in, JsonValue& out) { out = in.raw(); }

}  // namespace surefoot::protocol

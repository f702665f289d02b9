// From JSON to our types, without exceptions: a value, or the JSON path that is wrong and why.
//
//   auto params = decode<DidOpenTextDocumentParams>(request.params);
//   if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message());
//
// A type takes part by a function `void read(const Reader&, T&)` in this namespace.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/json.hpp"

namespace surefoot::protocol {

struct DecodeError {
  std::string path;  // such as `params.contentChanges[2].range.start.line`
  std::string why;   // such as `is missing`; reads on from the path

  std::string message() const { return path + " " + why; }
  bool operator==(const DecodeError&) const = default;
};

template <class T>
class Decoded {
 public:
  Decoded(T value) : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Decoded(DecodeError error)
      : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return held_.index() == 0; }

  // Only if it holds a value.
  T& operator*() { return *std::get_if<0>(&held_); }
  const T& operator*() const { return *std::get_if<0>(&held_); }
  T* operator->() { return std::get_if<0>(&held_); }
  const T* operator->() const { return std::get_if<0>(&held_); }

  // Only if it holds an error.
  const DecodeError& error() const { return *std::get_if<1>(&held_); }

 private:
  std::variant<T, DecodeError> held_;
};

// A place in a JSON value: where it is, and what is there, if anything.
//
// Reading something wrong notes the first error and yields a default value, so readers need no checks in between.
// A Reader points at its parent, at the value and at the error: it is made on the stack and passed by reference. In
// `in["a"]["b"].as<T>()` every parent lives long enough; to name a Reader, name each of its parents too.
// Absent and `null` are the same to everything but `raw`. An empty array passes for an empty object and the other way
// round, since clients written in Lua and Lisp cannot tell the two apart.
class Reader {
 public:
  // `value` may be null for an absent one. `name` starts every path.
  Reader(const nlohmann::json* value, std::string_view name, std::optional<DecodeError>& error)
      : value_(value), name_(name), error_(&error) {}

  Reader operator[](std::string_view key) const;

  bool present() const;
  bool failed() const { return error_->has_value(); }

  // Notes an error at this place unless there is one already.
  void fail(std::string why) const;

  // The value here, which must be present.
  template <class T>
  T as() const {
    T out{};
    read(*this, out);
    return out;
  }

  template <class T>
  std::optional<T> optional() const {
    if (!present()) return std::nullopt;
    return as<T>();
  }

  template <class T>
  T value_or(T fallback) const {
    return present() ? as<T>() : std::move(fallback);
  }

  template <class T>
  std::vector<T> list() const {
    std::vector<T> out;
    const std::size_t count = list_size();
    out.reserve(std::min<std::size_t>(count, 256));  // a hostile list must not buy memory by its length alone
    for (std::size_t i = 0; i < count && !failed(); ++i) out.push_back(element(i).template as<T>());
    return out;
  }

  template <class T>
  std::vector<T> list_or_empty() const {
    return present() ? list<T>() : std::vector<T>();
  }

  template <class T>
  std::optional<std::vector<T>> optional_list() const {
    if (!present()) return std::nullopt;
    return list<T>();
  }

  // The member names of an object, sorted; an error for anything else.
  std::vector<std::string> keys() const;

  // True if there is `true` here. Never an error: for capabilities, where anything else means "cannot".
  bool flag() const;

  // True if there is an array here that holds this string. Never an error.
  bool has_string(std::string_view text) const;

  // Whatever is here, copied.
  JsonValue raw() const;

  // For `read` functions that look at the JSON itself; null if nothing is here.
  const nlohmann::json* value() const { return value_; }

  // `params.a[3].b`
  std::string path() const;

 private:
  Reader(const nlohmann::json* value, const Reader& parent, std::string_view key, std::optional<std::size_t> index)
      : value_(value), name_(key), index_(index), parent_(&parent), error_(parent.error_) {}

  std::size_t list_size() const;
  Reader element(std::size_t index) const;

  const nlohmann::json* value_;
  std::string_view name_;
  std::optional<std::size_t> index_;
  const Reader* parent_ = nullptr;
  std::optional<DecodeError>* error_;
};

void read(const Reader& in, bool& out);
void read(const Reader& in, std::string& out);
void read(const Reader& in, std::uint32_t& out);                            // LSP `uinteger`: 0 to 2^31 - 1
void read(const Reader& in, std::int32_t& out);                             // LSP `integer`: -2^31 to 2^31 - 1
void read(const Reader& in, std::int64_t& out);                             // for process ids
void read(const Reader& in, std::variant<std::int64_t, std::string>& out);  // `integer | string`
void read(const Reader& in, JsonValue& out);

template <class T>
Decoded<T> decode(const JsonValue& value, std::string_view name = "params") {
  std::optional<DecodeError> error;
  const Reader root(value.present() ? &value.get() : nullptr, name, error);
  T out = root.as<T>();
  if (error) return std::move(*error);
  return out;
}

}  // namespace surefoot::protocol

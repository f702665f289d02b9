// LSP 3.17 "Basic JSON Structures". Every struct is a plain value; `read` decodes it and `to_json` encodes it.
#pragma once

#include <compare>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>

#include "protocol/decode.hpp"

namespace surefoot::protocol {

// Both 0-based. `character` counts code units of the negotiated PositionEncoding; past the line's end means its end.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  auto operator<=>(const Position&) const = default;
};

// `end` is exclusive. Not checked: a client may send an end before its start.
struct Range {
  Position start;
  Position end;
  auto operator<=>(const Range&) const = default;
};

// URIs are strings just as sent or to be sent; see uri.hpp.
struct Location {
  std::string uri;
  Range range;
  bool operator==(const Location&) const = default;
};

struct Command {
  std::string title;
  std::string command;
  std::vector<JsonValue> arguments;
  bool operator==(const Command&) const = default;
};

enum class MarkupKind { kPlainText, kMarkdown };

struct MarkupContent {
  MarkupKind kind = MarkupKind::kMarkdown;
  std::string value;
  bool operator==(const MarkupContent&) const = default;
};

// A token for progress or partial results, chosen by either side.
using ProgressToken = std::variant<std::int64_t, std::string>;

void read(const Reader& in, Position& out);
void read(const Reader& in, Range& out);
void read(const Reader& in, Location& out);
void read(const Reader& in, Command& out);
void read(const Reader& in, MarkupContent& out);  // an unknown kind is read as plain text

void to_json(nlohmann::json& out, const Position& value);
void to_json(nlohmann::json& out, const Range& value);
void to_json(nlohmann::json& out, const Location& value);
void to_json(nlohmann::json& out, const Command& value);
void to_json(nlohmann::json& out, const MarkupContent& value);

}  // namespace surefoot::protocol

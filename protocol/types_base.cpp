#include "protocol/types_base.hpp"

#include "protocol/json_write.hpp"

namespace surefoot::protocol {

using nlohmann::json;

void read(const Reader& in, Position& out) {
  out.line = in["line"].as<std::uint32_t>();
  out.character = in["character"].as<std::uint32_t>();
}

void read(const Reader& in, Range& out) {
  out.start = in["start"].as<Position>();
  out.end = in["end"].as<Position>();
}

void read(const Reader& in, Location& out) {
  out.uri = in["uri"].as<std::string>();
  out.range = in["range"].as<Range>();
}

void read(const Reader& in, Command& out) {
  out.title = in["title"].as<std::string>();
  out.command = in["command"].as<std::string>();
  out.arguments = in["arguments"].list_or_empty<JsonValue>();
}

void read(const Reader& in, MarkupContent& out) {
  const bool markdown = in["kind"].as<std::string>() == "markdown";
  out.kind = markdown ? MarkupKind::kMarkdown : MarkupKind::kPlainText;
  out.value = in["value"].as<std::string>();
}

void to_json(json& out, const Position& value) { out = {{"line", value.line}, {"character", value.character}}; }

void to_json(json& out, const Range& value) { out = {{"start", value.start}, {"end", value.end}}; }

void to_json(json& out, const Location& value) { out = {{"uri", value.uri}, {"range", value.range}}; }

void to_json(json& out, const Command& value) {
  out = {{"title", value.title}, {"command", value.command}};
  put_if_any(out, "arguments", value.arguments);
}

void to_json(json& out, const MarkupContent& value) {
  out = {{"kind", value.kind == MarkupKind::kMarkdown ? "markdown" : "plaintext"}, {"value", value.value}};
}

}  // namespace surefoot::protocol

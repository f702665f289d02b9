#include "analysis/fixes/log_error.hpp"

#include <array>
#include <optional>

#include "analysis/fixes/lines.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::fixes {

using syntax::Kind;
using syntax::Node;

namespace {

constexpr std::array<std::string_view, 6> kLoggerNames = {"logger", "log", "LOG", "_logger", "LOGGER", "_log"};

bool makes_logger(const semantics::TermRef& value) {
  const Node assignment = value.node == semantics::kNoNode ? Node() : value.unit->unit->ast.node(value.node);
  const Node call = assignment.child(syntax::Field::right);
  return call.is(Kind::call) && call.child(syntax::Field::function).text().find("getLogger") != std::string_view::npos;
}

// True when a function round the place has a local of this name.
bool is_shadowed(Node place, std::string_view name) {
  for (Node node = place; node; node = node.parent()) {
    if (!node.is(Kind::function_definition)) continue;
    semantics::Frame frame;
    semantics::collect_names(node.child(syntax::Field::body), frame);
    if (frame.slots.contains(name)) return true;
  }
  return false;
}

std::string own_logger(const FileView& file, const Place& place) {
  for (const std::string_view name : kLoggerNames) {
    const auto* values = file.module.find(name);
    if (values == nullptr || values->size() != 1 || !makes_logger(values->front())) continue;
    if (!is_shadowed(place.node, name)) return std::string(name);
  }
  return "";
}

bool is_placeholder(Node statement) {
  return statement.is(Kind::pass_statement) ||
         (statement.is(Kind::expression_statement) && statement.first_child().is(Kind::ellipsis));
}

}  // namespace

Fixes log_error(const FileView& file, const Place& first, std::string_view message) {
  std::vector<text::TextEdit> edits;
  std::string logger = own_logger(file, first);
  if (logger.empty()) {
    Import import = import_module(file, first, "logging");
    if (!import.problem.empty()) return {{}, import.problem};
    if (import.edit) edits.push_back(std::move(*import.edit));
    logger = import.name;
  }
  const std::string call = logger + ".exception(\"" + std::string(message) + "\")";
  if (is_placeholder(first.node)) {
    edits.push_back(replace(file, first, call));
  } else {
    const auto indent = indentation(file, first);
    const std::string end = indent ? std::string(file.text.dominant_line_ending()) + std::string(*indent) : "; ";
    edits.push_back(insert_before(file, first, call + end));
  }
  return {{make_fix("Log the error", Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace surefoot::fixes

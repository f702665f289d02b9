#include "server/docs/code_html.hpp"

#include <fmt/format.h>
#include <tree_sitter/api.h>

#include <cctype>
#include <cstdint>
#include <cstring>

#include "analysis/rules/catalogue.hpp"
#include "analysis/syntax/tree.hpp"
#include "server/cli/xml.hpp"

namespace surefoot::docs {
namespace {

/// "# RT101", "#   ^^^^ RT101 part of the message".
bool marks_finding(std::string_view comment) {
  const std::size_t start = comment.find_first_not_of("#^ ");
  if (start == std::string_view::npos) return false;
  const std::string_view word = comment.substr(start);
  return rules::find_rule(word.substr(0, word.find_first_of(" ,"))) != nullptr;
}

bool is_name_of_definition(TSNode node) {
  const TSNode parent = ts_node_parent(node);
  if (ts_node_is_null(parent)) return false;
  const std::string_view kind = ts_node_type(parent);
  if (kind != "function_definition" && kind != "class_definition") return false;
  const char* field = "name";
  return ts_node_eq(ts_node_child_by_field_name(parent, field, static_cast<std::uint32_t>(std::strlen(field))), node);
}

/// The class of a token; empty for plain ones.
std::string_view class_of(TSNode token, std::string_view text) {
  const std::string_view kind = ts_node_type(token);
  if (kind == "comment") return marks_finding(text) ? "finding" : "comment";
  if (kind.starts_with("string_") || kind == "escape_sequence") return "string";
  if (kind == "integer" || kind == "float") return "number";
  if (kind == "true" || kind == "false" || kind == "none") return "keyword";
  if (kind == "identifier") return is_name_of_definition(token) ? "name" : "";
  const bool word = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0;
  return word && !ts_node_is_named(token) ? "keyword" : "";
}

class Highlighter {
 public:
  explicit Highlighter(std::string_view code) : code_(code) {}

  std::string run() {
    const syntax::Tree tree = syntax::Parser::of_this_thread().parse(code_);
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree.get()));
    for (bool more = true; more;) {
      if (ts_tree_cursor_goto_first_child(&cursor)) continue;
      add(ts_tree_cursor_current_node(&cursor));
      while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
        more = ts_tree_cursor_goto_parent(&cursor);
        if (!more) break;
      }
    }
    ts_tree_cursor_delete(&cursor);
    add_plain(code_.size());
    return std::move(html_);
  }

 private:
  void add(TSNode token) {
    const std::size_t start = ts_node_start_byte(token);
    const std::size_t end = ts_node_end_byte(token);
    if (start < done_ || end <= start) return;
    const std::string_view text = code_.substr(start, end - start);
    const std::string_view name = class_of(token, text);
    if (name.empty()) return;
    add_plain(start);
    html_ += fmt::format("<span class=\"{}\">{}</span>", name, server::xml_escaped(text));
    done_ = end;
  }

  void add_plain(std::size_t until) {
    html_ += server::xml_escaped(code_.substr(done_, until - done_));
    done_ = until;
  }

  std::string_view code_;
  std::string html_;
  std::size_t done_ = 0;
};

}  // namespace

std::string python_html(std::string_view code) { return Highlighter(code).run(); }

}  // namespace surefoot::docs

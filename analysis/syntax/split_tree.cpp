#include "analysis/syntax/split_tree.hpp"

#include <tree_sitter/api.h>

#include <cstring>
#include <optional>
#include <string_view>

#include "analysis/syntax/joined_lines.hpp"
#include "analysis/syntax/line_words.hpp"

namespace surefoot::syntax {
namespace {

constexpr std::uint32_t kMaxClassDepth = 16;

bool has_type(const TSNode& node, const char* type) { return std::strcmp(ts_node_type(node), type) == 0; }

TSNode field(const TSNode& node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
}

// The class in a statement (`class …`, decorated or not); a null node for anything else.
TSNode class_in(const TSNode& statement) {
  if (has_type(statement, "class_definition")) return statement;
  if (!has_type(statement, "decorated_definition")) return {};
  const TSNode definition = field(statement, "definition");
  return !ts_node_is_null(definition) && has_type(definition, "class_definition") ? definition : TSNode{};
}

class Splitter {
 public:
  Splitter(const Tree& tree, const text::SourceText& text, KnownUnits& known)
      : text_(text),
        unreadable_(tree.unreadable()),
        known_(known),
        cursor_(ts_tree_cursor_new(ts_tree_root_node(tree.get()))) {}
  ~Splitter() { ts_tree_cursor_delete(&cursor_); }
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  TreeUnits run() {
    members(cursor_, 0);
    return std::move(list_);
  }

  // Where statements swallow the line behind them.
  const std::vector<std::uint32_t>& suspects() const { return suspects_; }

 private:
  // Adds the units below the node under the cursor. Recursion is bounded by kMaxClassDepth.
  void members(TSTreeCursor& cursor, std::uint32_t level) {
    if (!ts_tree_cursor_goto_first_child(&cursor)) return;
    do {
      const TSNode node = ts_tree_cursor_current_node(&cursor);
      if (!ts_node_is_named(node)) continue;
      if (has_type(node, "comment")) {
        list_.comments.push_back({ts_node_start_byte(node), ts_node_end_byte(node)});
      } else if (!has_type(node, "line_continuation")) {
        statement(node, level);
      }
    } while (ts_tree_cursor_goto_next_sibling(&cursor));
  }

  void statement(const TSNode& node, std::uint32_t level) {
    const TSNode definition = level < kMaxClassDepth ? class_in(node) : TSNode{};
    const TSNode body = definition.id != nullptr ? field(definition, "body") : TSNode{};
    if (body.id == nullptr || ts_node_is_null(body)) {
      place(node, nullptr, level);
      return;
    }
    place(node, &body, level);
    TSTreeCursor inner = ts_tree_cursor_new(body);
    members(inner, level + 1);
    ts_tree_cursor_delete(&inner);
  }

  // True for a statement that stands deeper than those around it, which the grammar does not mind.
  bool is_stray(const TSNode& node, std::uint32_t level) {
    const std::uint32_t offset = ts_node_start_byte(node);
    std::uint32_t start = offset;
    while (start > 0 && std::string_view(" \t\f").find(text_.bytes()[start - 1]) != std::string_view::npos) --start;
    if (start > 0 && text_.bytes()[start - 1] != '\n') return false;
    const std::uint32_t indent = code_start(text_.bytes(), start).indent;
    const bool is_first = columns_.size() < level + 1;
    columns_.resize(level + 1, indent);
    if (is_first && level > 0) return false;
    return indent > (level == 0 ? 0 : columns_[level]);
  }

  void place(const TSNode& node, const TSNode* body, std::uint32_t level) {
    PlacedUnit placed;
    placed.offset = ts_node_start_byte(node);
    placed.level = level;
    if (is_stray(node, level)) suspects_.push_back(placed.offset);
    placed.previous = find_previous(node, body);
    placed.unit = placed.previous != kNew ? known_.unit(placed.previous) : build(node, body);
    placed.is_definition = is_definition(*placed.unit);
    list_.units.push_back(std::move(placed));
  }

  std::shared_ptr<const Unit> build(const TSNode& node, const TSNode* body) {
    ++list_.rebuilt;
    auto unit = std::make_shared<Unit>();
    unit->ast = Ast::build(node, text_.bytes(), body, unreadable_);
    const auto joined = unit->ast.root().has_error() ? std::nullopt : find_joined_line(unit->ast);
    if (joined) suspects_.push_back(*joined + ts_node_start_byte(node));
    unit->is_class_header = body != nullptr;
    return unit;
  }

  std::uint32_t find_previous(const TSNode& node, const TSNode* body) {
    const std::uint32_t start = ts_node_start_byte(node);
    const std::uint32_t end = body != nullptr ? ts_node_start_byte(*body) : ts_node_end_byte(node);
    if (ts_node_has_error(node) || is_masked({start, end})) return kNew;
    return known_.find(text_.slice({start, end}), body != nullptr);
  }

  // Units come in the order of the file.
  bool is_masked(text::Span span) {
    while (next_masked_ < unreadable_.size() && unreadable_[next_masked_].end <= span.start) ++next_masked_;
    return next_masked_ < unreadable_.size() && unreadable_[next_masked_].start < span.end;
  }

  const text::SourceText& text_;
  const std::vector<text::Span>& unreadable_;
  KnownUnits& known_;
  TSTreeCursor cursor_;
  TreeUnits list_;
  std::vector<std::uint32_t> suspects_;
  std::vector<std::uint32_t> columns_;  // of the first member of each class around
  std::size_t next_masked_ = 0;
};

}  // namespace

TreeUnits split_tree(const Tree& tree, const text::SourceText& text, KnownUnits& known, const Tree& mended) {
  const std::size_t first = known.next();
  Splitter splitter(tree, text, known);
  TreeUnits list = splitter.run();
  if (splitter.suspects().empty()) return list;
  Tree trusted = read_suspects(mended ? mended : tree, text, splitter.suspects());
  if (trusted.unreadable() != tree.unreadable()) {
    known.pass(first);
    list = Splitter(trusted, text, known).run();
  }
  list.mended = std::move(trusted);
  return list;
}

}  // namespace surefoot::syntax

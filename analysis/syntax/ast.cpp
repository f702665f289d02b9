#include "analysis/syntax/ast.hpp"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace surefoot::syntax {
namespace {

enum class Role : std::uint8_t { keep, skip, comment, async_token, error };

struct SymbolInfo {
  Kind kind = Kind::other;
  Role role = Role::keep;
};

// What the grammar's numbers mean to us, looked up once.
struct Numbering {
  std::vector<SymbolInfo> symbols;
  std::vector<Field> fields;

  Numbering() {
    const TSLanguage* language = tree_sitter_python();
    for (std::uint32_t id = 0; id < ts_language_symbol_count(language); ++id) {
      const auto symbol = static_cast<TSSymbol>(id);
      symbols.push_back(classify(ts_language_symbol_name(language, symbol), ts_language_symbol_type(language, symbol)));
    }
    fields.push_back(Field::none);
    for (std::uint32_t id = 1; id <= ts_language_field_count(language); ++id) {
      fields.push_back(field_from_name(ts_language_field_name_for_id(language, static_cast<TSFieldId>(id))));
    }
  }

  static SymbolInfo classify(std::string_view name, TSSymbolType type) {
    if (type != TSSymbolTypeRegular) return {Kind::operator_, name == "async" ? Role::async_token : Role::skip};
    static constexpr std::array kSkipped = {"string_start", "string_end", "escape_sequence", "line_continuation",
                                            "escape_interpolation"};
    for (const char* skipped : kSkipped) {
      if (name == skipped) return {Kind::other, Role::skip};
    }
    const Kind kind = kind_from_name(name);
    return {kind, kind == Kind::comment ? Role::comment : Role::keep};
  }

  SymbolInfo of(TSSymbol symbol) const {
    if (symbol == static_cast<TSSymbol>(-1)) return {Kind::opaque, Role::error};
    return symbol < symbols.size() ? symbols[symbol] : SymbolInfo{};
  }
};

const Numbering& numbering() {
  static const Numbering table;
  return table;
}

// The first of the spans (in order) that ends behind `offset`; one behind every offset when there is none.
text::Span first_behind(const std::vector<text::Span>& spans, std::uint32_t offset) {
  const auto found = std::upper_bound(spans.begin(), spans.end(), offset,
                                      [](std::uint32_t at, const text::Span& span) { return at < span.end; });
  return found == spans.end() ? text::Span{UINT32_MAX, UINT32_MAX} : *found;
}

class Builder {
 public:
  Builder(const TSNode& root, const TSNode* cut, const std::vector<text::Span>& unreadable)
      : cut_(cut),
        unreadable_(unreadable),
        base_(ts_node_start_byte(root)),
        limit_(cut != nullptr ? ts_node_start_byte(*cut) : UINT32_MAX) {
    cursor_ = ts_tree_cursor_new(root);
  }
  ~Builder() { ts_tree_cursor_delete(&cursor_); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void run(std::vector<NodeData>& nodes, std::vector<text::Span>& comments) {
    nodes_ = &nodes;
    comments_ = &comments;
    while (true) {
      if (enter() && ts_tree_cursor_goto_first_child(&cursor_)) continue;
      leave();
      while (!ts_tree_cursor_goto_next_sibling(&cursor_)) {
        if (!ts_tree_cursor_goto_parent(&cursor_)) return;
        leave();
      }
    }
  }

 private:
  static constexpr std::uint32_t kNoNode = UINT32_MAX;

  // Adds the node under the cursor. True when its children are wanted.
  bool enter() {
    const TSNode node = ts_tree_cursor_current_node(&cursor_);
    const SymbolInfo info = numbering().of(ts_node_symbol(node));
    const auto field = ts_tree_cursor_current_field_id(&cursor_);
    open_.push_back(kNoNode);
    if (nodes_->empty()) return add(node, info, Field::none);
    switch (info.role) {
      case Role::comment:
        comments_->push_back(span_of(node));
        return false;
      case Role::async_token:
        (*nodes_)[parent()].is_async = true;
        return false;
      case Role::skip:
        if (info.kind != Kind::operator_ || field == 0) return false;
        break;
      default:
        break;
    }
    return add(node, info, numbering().fields[field]);
  }

  bool add(const TSNode& node, SymbolInfo info, Field field) {
    const std::uint32_t index = static_cast<std::uint32_t>(nodes_->size());
    if (info.kind == Kind::operator_ && field != Field::operator_ && field != Field::operators) return false;
    const text::Span span = span_of(node);
    const text::Span masked = first_behind(unreadable_, span.start + base_);
    const bool is_masked = masked.start <= span.start + base_ && span.end + base_ <= masked.end && !is_cut(node);
    const bool is_opaque = open_.size() > kMaxDepth || info.role == Role::error || is_masked;
    NodeData data;
    data.kind = is_opaque ? Kind::opaque : info.kind;
    data.field = field;
    data.has_error =
        ts_node_has_error(node) || ts_node_is_missing(node) || masked.start < std::min(span.end + base_, limit_);
    data.start = span.start;
    data.end = span.end;
    data.parent = index == 0 ? 0 : parent();
    nodes_->push_back(data);
    open_.back() = index;
    return !is_opaque && !is_cut(node);
  }

  void leave() {
    const std::uint32_t index = open_.back();
    open_.pop_back();
    if (index != kNoNode) (*nodes_)[index].after = static_cast<std::uint32_t>(nodes_->size());
  }

  std::uint32_t parent() const {
    for (auto it = open_.rbegin(); it != open_.rend(); ++it) {
      if (*it != kNoNode) return *it;
    }
    return 0;
  }

  bool is_cut(const TSNode& node) const { return cut_ != nullptr && ts_node_eq(node, *cut_); }

  text::Span span_of(const TSNode& node) const {
    return {ts_node_start_byte(node) - base_, ts_node_end_byte(node) - base_};
  }

  const TSNode* cut_;
  const std::vector<text::Span>& unreadable_;
  std::uint32_t base_;
  std::uint32_t limit_;  // the file's offset at which the copy ends
  TSTreeCursor cursor_;
  std::vector<NodeData>* nodes_ = nullptr;
  std::vector<text::Span>* comments_ = nullptr;
  std::vector<std::uint32_t> open_;  // the kept node of every level, or kNoNode
};

}  // namespace

Ast Ast::build(const TSNode& root, std::string_view text, const TSNode* cut,
               const std::vector<text::Span>& unreadable) {
  Ast ast;
  const std::uint32_t start = ts_node_start_byte(root);
  const std::uint32_t end = cut != nullptr ? ts_node_start_byte(*cut) : ts_node_end_byte(root);
  ast.text_ = std::string(text.substr(start, end - start));
  ast.nodes_.reserve(ast.text_.size() / 8 + 4);
  Builder(root, cut, unreadable).run(ast.nodes_, ast.comments_);
  ast.size_ = static_cast<std::uint32_t>(ast.nodes_.size());
  if (cut != nullptr) {
    for (NodeData& node : ast.nodes_) {
      node.start = std::min(node.start, end - start);
      node.end = std::min(node.end, end - start);
    }
  }
  ast.note_kinds();
  return ast;
}

Node Node::last_child() const {
  Node last;
  for (const Node child : children()) last = child;
  return last;
}

Node Node::next_sibling() const {
  if (ast_ == nullptr) return {};
  const std::uint32_t next = after();
  return index_ != 0 && next < ast_->data(ast_->data(index_).parent).after ? Node(*ast_, next) : Node();
}

std::uint32_t Node::child_count() const {
  std::uint32_t count = 0;
  for ([[maybe_unused]] const Node child : children()) ++count;
  return count;
}

}  // namespace surefoot::syntax

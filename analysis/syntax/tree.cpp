#include "analysis/syntax/tree.hpp"

#include <tree_sitter/api.h>

#include <utility>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace surefoot::syntax {
namespace {

TSPoint point_at(const text::SourceText& text, std::uint32_t offset) {
  const std::uint32_t line = text.line_of(offset);
  return {line, offset - text.line_start(line)};
}

TSInputEdit to_input_edit(const TreeEdit& change) {
  const auto size = static_cast<std::uint32_t>(change.edit.content.size());
  const std::uint32_t start = change.edit.span.start;
  return {start,
          change.edit.span.end,
          start + size,
          point_at(change.before, start),
          point_at(change.before, change.edit.span.end),
          point_at(change.after, start + size)};
}

}  // namespace

void Tree::Delete::operator()(TSTree* tree) const { ts_tree_delete(tree); }
Tree::Tree(TSTree* tree) : tree_(tree) {}
Tree::Tree(const Tree& other) : tree_(other.tree_ ? ts_tree_copy(other.get()) : nullptr) {}
Tree& Tree::operator=(Tree other) noexcept {
  std::swap(tree_, other.tree_);
  return *this;
}
bool Tree::has_error() const { return tree_ && ts_node_has_error(ts_tree_root_node(get())); }

Parser::Parser() : parser_(ts_parser_new()) { ts_parser_set_language(parser_, tree_sitter_python()); }
Parser::~Parser() { ts_parser_delete(parser_); }

Parser& Parser::of_this_thread() {
  thread_local Parser parser;
  return parser;
}

Tree Parser::parse(std::string_view text, const std::stop_token& stop) { return run(nullptr, text, stop); }

Tree Parser::reparse(const Tree& old, const std::vector<TreeEdit>& edits, std::string_view text,
                     const std::stop_token& stop) {
  // The copy keeps every node of `old` alive and unchanged, so that a node's identity proves that it was reused.
  Tree edited(old);
  for (const TreeEdit& edit : edits) {
    const TSInputEdit input = to_input_edit(edit);
    ts_tree_edit(const_cast<TSTree*>(edited.get()), &input);
  }
  return run(edited.get(), text, stop);
}

Tree Parser::run(const TSTree* old, std::string_view text, const std::stop_token& stop) {
  struct Payload {
    std::string_view text;
    const std::stop_token* stop;
  } payload{text, &stop};
  TSInput input{};
  input.payload = &payload;
  input.encoding = TSInputEncodingUTF8;
  input.read = [](void* data, std::uint32_t offset, TSPoint, std::uint32_t* read) {
    const std::string_view bytes = static_cast<Payload*>(data)->text;
    *read = offset < bytes.size() ? static_cast<std::uint32_t>(bytes.size() - offset) : 0;
    return offset < bytes.size() ? bytes.data() + offset : "";
  };
  TSParseOptions options{};
  options.payload = &payload;
  options.progress_callback = [](TSParseState* state) {
    return static_cast<Payload*>(state->payload)->stop->stop_requested();
  };
  TSTree* tree = ts_parser_parse_with_options(parser_, old, input, options);
  if (tree == nullptr) ts_parser_reset(parser_);
  return Tree(tree);
}

bool grammar_has_kind(std::string_view name) {
  return ts_language_symbol_for_name(tree_sitter_python(), name.data(), static_cast<std::uint32_t>(name.size()),
                                     true) != 0;
}

}  // namespace surefoot::syntax

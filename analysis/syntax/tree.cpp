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
Tree::Tree(const Tree& other)
    : tree_(other.tree_ ? ts_tree_copy(other.get()) : nullptr), mended_(other.mended_), known_(other.known_) {}
Tree& Tree::operator=(Tree other) noexcept {
  std::swap(tree_, other.tree_);
  std::swap(mended_, other.mended_);
  std::swap(known_, other.known_);
  return *this;
}
bool Tree::has_error() const { return tree_ && ts_node_has_error(ts_tree_root_node(get())); }

const std::vector<text::Span>& Tree::unreadable() const {
  static const std::vector<text::Span> kNothing;
  return mended_ ? mended_->unreadable : kNothing;
}

Parser::Parser() : parser_(ts_parser_new()) { ts_parser_set_language(parser_, tree_sitter_python()); }
Parser::~Parser() { ts_parser_delete(parser_); }

Parser& Parser::of_this_thread() {
  thread_local Parser parser;
  return parser;
}

Tree Parser::parse(std::string_view text, const std::stop_token& stop) { return run(nullptr, text, stop, false); }

Tree Parser::parse_clean(std::string_view text, const std::stop_token& stop) { return run(nullptr, text, stop, true); }

bool Parser::accepts(std::string_view text, const std::stop_token& stop) {
  return static_cast<bool>(parse_clean(text, stop));
}

Tree Parser::reparse_clean(const Tree& old, const std::vector<TreeEdit>& edits, std::string_view text,
                           const std::stop_token& stop) {
  // The copy keeps every node of `old` alive and unchanged, so that a node's identity proves that it was reused.
  Tree edited(old);
  for (const TreeEdit& edit : edits) {
    const TSInputEdit input = to_input_edit(edit);
    ts_tree_edit(const_cast<TSTree*>(edited.get()), &input);
  }
  return run(edited.get(), text, stop, true);
}

namespace {

struct Input {
  std::string_view text;
  const std::stop_token* stop;
  bool is_clean;

  static const char* read(void* data, std::uint32_t offset, TSPoint, std::uint32_t* size) {
    const std::string_view bytes = static_cast<Input*>(data)->text;
    *size = offset < bytes.size() ? static_cast<std::uint32_t>(bytes.size() - offset) : 0;
    return offset < bytes.size() ? bytes.data() + offset : "";
  }

  // True to give up. At the end of the text a reading without errors may be there beside those that failed.
  static bool progress(TSParseState* state) {
    const auto& input = *static_cast<Input*>(state->payload);
    const bool has_failed = state->has_error && state->current_byte_offset < input.text.size();
    return input.stop->stop_requested() || (input.is_clean && has_failed);
  }
};

}  // namespace

Tree Parser::run(const TSTree* old, std::string_view text, const std::stop_token& stop, bool is_clean) {
  Input payload{text, &stop, is_clean};
  TSInput input{};
  input.payload = &payload;
  input.encoding = TSInputEncodingUTF8;
  input.read = Input::read;
  TSParseOptions options{};
  options.payload = &payload;
  options.progress_callback = Input::progress;
  Tree tree(ts_parser_parse_with_options(parser_, old, input, options));
  if (!tree) ts_parser_reset(parser_);
  return is_clean && tree.has_error() ? Tree() : tree;
}

bool grammar_has_kind(std::string_view name) {
  return ts_language_symbol_for_name(tree_sitter_python(), name.data(), static_cast<std::uint32_t>(name.size()),
                                     true) != 0;
}

}  // namespace surefoot::syntax

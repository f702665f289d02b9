#pragma once
// tree-sitter's parser and trees, owned. A Tree is immutable and cheap to copy (reference counted by tree-sitter).
// A Tree may be read by one thread at a time; copies may be read by different threads at once.
// read() gives the tree of any text: one that does not parse is mended first (syntax/mend.hpp).

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "analysis/syntax/mend.hpp"
#include "analysis/text/source_text.hpp"

struct TSTree;
struct TSParser;

namespace surefoot::syntax {

class Tree {
 public:
  Tree() = default;
  /// Takes ownership.
  explicit Tree(TSTree* tree);
  Tree(const Tree& other);
  Tree(Tree&&) noexcept = default;
  Tree& operator=(Tree other) noexcept;
  ~Tree() = default;

  explicit operator bool() const { return tree_ != nullptr; }
  const TSTree* get() const { return tree_.get(); }

  /// True when tree-sitter had to skip or invent tokens. It accepts much that Python refuses (so false proves little),
  /// and refuses defaults of type parameters (PEP 696), which are valid.
  bool has_error() const;

  /// What of the text was masked before it was parsed, in order; empty for a text that parses.
  const std::vector<text::Span>& unreadable() const;

 private:
  friend class Reading;
  struct Delete {
    void operator()(TSTree* tree) const;
  };
  std::unique_ptr<TSTree, Delete> tree_;
  std::shared_ptr<const Mended> mended_;   // what was parsed, where that is not the text itself
  std::shared_ptr<const Verdicts> known_;  // by the last text that was mended
};

/// An edit as tree-sitter wants it: offsets and rows of one text, columns in bytes.
struct TreeEdit {
  text::SourceText before;
  text::SourceText after;
  text::TextEdit edit;  // speaks of `before`
};

/// One thread at a time. Keep one a thread: setting it up costs more than a small parse.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// The parser of the calling thread.
  static Parser& of_this_thread();

  /// Parses the whole text. Gives an empty Tree only when `stop` asked for it.
  Tree parse(std::string_view text, const std::stop_token& stop = {});

  /// The same for a text without errors; an empty Tree for one that has some, as soon as that is sure.
  Tree parse_clean(std::string_view text, const std::stop_token& stop = {});

  /// Parses the text after `edits`, reusing what `old` has of it. `old` stays as it is. As parse_clean.
  Tree reparse_clean(const Tree& old, const std::vector<TreeEdit>& edits, std::string_view text,
                     const std::stop_token& stop = {});

  /// True for a text without errors.
  bool accepts(std::string_view text, const std::stop_token& stop = {});

 private:
  Tree run(const TSTree* old, std::string_view text, const std::stop_token& stop, bool is_clean);
  TSParser* parser_;
};

/// The tree of a text, from scratch. It has no errors unless mending failed; bytes of the text that it cannot speak of
/// are Tree::unreadable. An empty Tree only when `stop` asked for it.
Tree read(const text::SourceText& text, const std::stop_token& stop = {});

/// The same, for the text that `edits` made of the text of `old`: reuses what did not change, and gives what read()
/// would give.
Tree read_next(const Tree& old, const std::vector<TreeEdit>& edits, const text::SourceText& text,
               const std::stop_token& stop = {});

/// The tree of a text that parses though the statements at these offsets (in order) are suspected to be wrong; those
/// that are wrong alone are mended. `old` is the tree of any text, and only saves time.
Tree read_suspects(const Tree& old, const text::SourceText& text, const std::vector<std::uint32_t>& suspects);

/// True when the grammar in use has a named node of this name.
bool grammar_has_kind(std::string_view name);

}  // namespace surefoot::syntax

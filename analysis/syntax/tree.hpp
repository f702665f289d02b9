#pragma once
// tree-sitter's parser and trees, owned. A Tree is immutable and cheap to copy (reference counted by tree-sitter).
// A Tree may be read by one thread at a time; copies may be read by different threads at once.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

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

 private:
  struct Delete {
    void operator()(TSTree* tree) const;
  };
  std::unique_ptr<TSTree, Delete> tree_;
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

  /// Parses the text after `edits`, reusing what `old` has of it. `old` stays as it is.
  Tree reparse(const Tree& old, const std::vector<TreeEdit>& edits, std::string_view text,
               const std::stop_token& stop = {});

 private:
  Tree run(const TSTree* old, std::string_view text, const std::stop_token& stop);
  TSParser* parser_;
};

/// True when the grammar in use has a named node of this name.
bool grammar_has_kind(std::string_view name);

}  // namespace surefoot::syntax

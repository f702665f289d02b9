#pragma once
// The Python that the benchmarks read, and the bare parser that they are compared with.

#include <tree_sitter/api.h>

#include <cstdint>
#include <string>

#include "analysis/text/source_text.hpp"

namespace surefoot::bench {

/// The storefront's files one after the other, over and over, cut at `lines` lines.
const std::string& python_of(std::int64_t lines);

/// A place inside an identifier near the middle of the text, where typing a letter keeps it Python.
std::uint32_t typing_place(const std::string& text);

/// tree-sitter's parser and nothing else.
class BareParser {
 public:
  BareParser();
  ~BareParser();
  BareParser(const BareParser&) = delete;
  BareParser& operator=(const BareParser&) = delete;

  /// Parses the text and forgets the tree that was there.
  void parse(const std::string& text);

  /// Tells the tree of the edit and parses the new text with what is left of it. Nothing else: no line table is kept.
  void reparse(const text::TextEdit& edit, const text::SourceText& before, const text::SourceText& after);

 private:
  void replace(TSTree* tree);
  TSParser* parser_;
  TSTree* tree_ = nullptr;
};

}  // namespace surefoot::bench

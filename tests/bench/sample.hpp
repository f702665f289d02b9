#pragma once
// The Python that the benchmarks read, and the bare parser that they are compared with.

#include <tree_sitter/api.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::bench {

/// The storefront's files one after the other, over and over under other names, cut at `lines` lines: code that is all
/// event loop, most of it with something to find.
const std::string& python_of(std::int64_t lines);

/// The texts of the Python files of a folder, at whatever depth. Throws std::filesystem::filesystem_error.
std::vector<std::string> python_below(const std::string& folder);

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
  void parse(std::string_view text);

  /// Tells the tree of the edit and parses the new text with what is left of it. Nothing else: no line table is kept.
  void reparse(const text::TextEdit& edit, const text::SourceText& before, const text::SourceText& after);

 private:
  void replace(TSTree* tree);
  TSParser* parser_;
  TSTree* tree_ = nullptr;
};

}  // namespace surefoot::bench

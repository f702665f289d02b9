#pragma once
// The suppressions of one file at work: which reports they silence, and which of them silence nothing. Internal to
// engine/.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/engine/suppress.hpp"
#include "analysis/fixes/file_view.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

class Selection;
struct UnitReports;

/// First and last line of the file (0-based) on which a comment may speak of a report: those of its statement, up to
/// the statement's body.
struct Lines {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};
Lines lines_of(const rules::Report& report, const fixes::FileView& file, std::size_t unit);

/// False for a text that has no such comment.
bool may_have_suppressions(std::string_view text);

class Silencers {
 public:
  using Units = std::vector<std::shared_ptr<const UnitReports>>;

  /// Reads the comments of the file. `config` is borrowed.
  Silencers(const fixes::FileView& file, const Units& units, const Config& config);

  bool empty() const { return all_.empty(); }
  /// True when a comment silences what a rule says on these lines. Every one that does counts as used.
  bool silence(const rules::Rule& rule, Lines lines);
  /// The same for an effect: under the code of the rule that would report it here, or of the one that reports calls
  /// that lead to it.
  bool silence_effect(const rules::Rule& rule, Lines lines);

  /// A comment with codes that are ours, in force and without effect; the code "" stands for a comment without codes.
  struct Unused {
    text::Span comment;
    std::vector<std::string> codes;
  };
  std::vector<Unused> unused(const Selection& selection) const;

 private:
  struct One {
    Suppression suppression;
    std::uint32_t line = 0;
    bool everything_used = false;
    std::vector<bool> used = std::vector<bool>(suppression.codes.size());
  };
  bool use(One& one, const rules::Rule& rule) const;
  bool means(const One& one, const std::string& code, const rules::Rule& rule) const;
  std::vector<std::string> unused_codes(const One& one, const Selection& selection) const;

  const Config& config_;
  std::vector<One> all_;
};

}  // namespace surefoot::engine

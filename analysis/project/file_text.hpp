#pragma once
// A file as who keeps places in it knows it, and how its text is found again. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analysis/project/place.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::project {

/// Where the texts of files are found again. Any thread.
class Texts {
 public:
  virtual ~Texts() = default;
  /// As it is now; empty when it cannot be read.
  virtual text::SourceText text(const Place& place) const = 0;
};

/// A file without its trees and, if `texts` has it, without its text.
class FileText {
 public:
  /// `name`: ModuleIndex::name. `texts`: null to keep the text.
  FileText(Place place, std::string name, const text::SourceText& text, std::shared_ptr<const Texts> texts);

  const Place& place() const { return place_; }
  const std::string& name() const { return name_; }  // dotted
  /// Empty when the file is no longer as it was read. May read it again: ask once for many places.
  text::SourceText text() const;
  /// True for the text that the file was read from.
  bool is_of(const text::SourceText& text) const;

 private:
  Place place_;
  std::string name_;
  std::uint64_t hash_;  // of the text
  std::uint32_t size_;  // likewise, in bytes
  std::optional<text::SourceText> kept_;
  std::shared_ptr<const Texts> texts_;  // null when it is kept
};

/// A span of a file. Whoever gives it keeps the file alive.
struct Site {
  const FileText* file = nullptr;
  text::Span span;
  bool operator==(const Site&) const = default;
};

}  // namespace surefoot::project

#pragma once
// The texts of files that are not open, for what is kept of these without their texts.

#include "analysis/project/file_text.hpp"

namespace surefoot::server {

/// Reads the disk each time. Any thread.
class TextsOnDisk final : public project::Texts {
 public:
  /// As LazyFiles reads it; empty for a file that it would refuse.
  text::SourceText text(const project::Place& place) const override;
};

}  // namespace surefoot::server

#include "analysis/project/file_text.hpp"

#include <utility>

#include "analysis/text/hash.hpp"

namespace surefoot::project {
namespace {

std::uint64_t hash_of(const text::SourceText& text) { return text::Hasher().add(text.bytes()).value(); }

}  // namespace

FileText::FileText(Place place, std::string name, const text::SourceText& text, std::shared_ptr<const Texts> texts)
    : place_(std::move(place)),
      name_(std::move(name)),
      hash_(hash_of(text)),
      size_(text.size()),
      texts_(std::move(texts)) {
  if (texts_ == nullptr) kept_ = text;
}

text::SourceText FileText::text() const {
  if (kept_) return *kept_;
  text::SourceText now = texts_->text(place_);
  return is_of(now) ? now : text::SourceText();
}

bool FileText::is_of(const text::SourceText& text) const { return text.size() == size_ && hash_of(text) == hash_; }

}  // namespace surefoot::project

#pragma once
// A fixed set of words, written as one string. Any thread.

#include <string_view>
#include <unordered_set>

namespace surefoot::text {

class Words {
 public:
  /// `list`: words with single spaces between them, in static storage.
  explicit Words(std::string_view list) {
    while (!list.empty()) {
      const std::size_t end = list.find(' ');
      words_.insert(list.substr(0, end));
      list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    }
  }

  bool contain(std::string_view word) const { return words_.contains(word); }

 private:
  std::unordered_set<std::string_view> words_;
};

}  // namespace surefoot::text

// What a rule says of a report after looking at other units is kept as long as they say the same, and no longer.

#include <cctype>
#include <random>

#include "analysis/engine/analyze.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/rules/rule.hpp"
#include "tests/unit/analysis/page.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

bool looks_at_other_units(const rules::Rule& rule) {
  return rule.confirm != nullptr || rule.explain != nullptr || rule.matters_at != nullptr;
}

// All examples of a page, one behind the other: they have names in common.
std::string joined_examples(std::string_view page) {
  std::string all;
  for (const Example& example : read_examples(page)) {
    for (const ExampleFile& other : example.others) all += other.code + "\n\n";
    all += example.code + "\n\n";
  }
  return all;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The word at or behind a place; empty at the end.
text::Span word_at(std::string_view bytes, std::size_t from) {
  const auto begin = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(), is_word);
  const auto end = std::find_if_not(begin, bytes.end(), is_word);
  return {static_cast<std::uint32_t>(begin - bytes.begin()), static_cast<std::uint32_t>(end - bytes.begin())};
}

// Whole lines and words move about, so that most of the text goes on making sense.
class Shuffler {
 public:
  explicit Shuffler(unsigned seed) : random_(seed) {}

  text::TextEdit next(const text::SourceText& text) {
    switch (random_() % 5) {
      case 0:
        return {some_line(text), ""};
      case 1: {
        const std::uint32_t place = some_line(text).start;
        return {{place, place}, std::string(text.slice(some_line(text)))};
      }
      case 2:
        return {some_line(text), std::string(text.slice(some_line(text)))};
      case 3: {
        const std::uint32_t place = some_line(text).start;
        return {{place, place}, "\n"};
      }
      default:
        return {some_word(text), std::string(text.slice(some_word(text)))};
    }
  }

 private:
  text::Span some_line(const text::SourceText& text) {
    const auto line = static_cast<std::uint32_t>(random_() % text.line_count());
    return {text.line_start(line), text.line_start(line + 1)};
  }

  text::Span some_word(const text::SourceText& text) {
    return word_at(text.bytes(), random_() % (std::size_t{text.size()} + 1));
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("verdicts that are kept are those of a fresh analysis") {
  auto every_rule = std::make_shared<engine::Config>();
  every_rule->select = {"ALL"};
  every_rule->profile = rules::Profile::strict;
  unsigned seed = 0;
  for (const rules::RuleInfo& info : rules::catalogue()) {
    const rules::Rule& rule = *rules::all_rules()[static_cast<std::size_t>(&info - rules::catalogue().data())];
    if (!looks_at_other_units(rule)) continue;
    Shuffler shuffler(++seed);
    auto current = engine::analyze({{"app/example.py", {}}, text::SourceText(joined_examples(info.page))}, every_rule);
    for (int step = 0; step < 16; ++step) {
      current = engine::reanalyze(*current, {shuffler.next(current->text())}, every_rule);
      const auto fresh = engine::analyze({{"app/example.py", {}}, current->text()}, every_rule);
      INFO(info.name << " step " << step << "\n" << current->text().bytes());
      REQUIRE(current->findings() == fresh->findings());
    }
  }
}

}  // namespace surefoot::test

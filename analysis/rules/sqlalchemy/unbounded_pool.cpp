#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "analysis/rules/database_urls.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule unbounded_pool;
const Rule unbounded_pool{
    .code = "SQA114",
    .name = "unbounded-pool",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library && is_engine_maker(callee.name); },
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kKnown = 0;
constexpr int kNamed = 1;  // a size is a name, whose value confirm looks up

// What PostgreSQL and MySQL take when nobody has said otherwise (max_connections: 100 and 151).
constexpr int kServerLimit = 100;
constexpr int kDefaultSize = 5;
constexpr int kDefaultOverflow = 10;

std::optional<int> number_in(Node value) {
  value = without_parentheses(value);
  const bool negative = value.is(Kind::unary_operator) && value.text().starts_with('-');
  if (negative) value = value.last_child();
  if (!value.is(Kind::integer)) return std::nullopt;
  int number = 0;
  const std::string_view text = value.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? -number : number;
}

bool is_without_bound(int size, int overflow) { return size == 0 || overflow < 0; }

bool is_too_large(int size, int overflow) { return is_without_bound(size, overflow) || size + overflow > kServerLimit; }

// Only a QueuePool knows these sizes.
bool has_other_pool(Node call) {
  const Node pool = without_parentheses(argument(call, "poolclass"));
  return argument(call, "pool") || (pool && !semantics::last_part(pool.text()).ends_with("QueuePool"));
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !is_engine_maker(callee->name)) return;
  const Node size = argument(call, "pool_size"), overflow = argument(call, "max_overflow");
  if ((!size && !overflow) || has_other_pool(call)) return;
  const auto known_size = size ? number_in(size) : kDefaultSize;
  const auto known_overflow = overflow ? number_in(overflow) : kDefaultOverflow;
  const bool named = size.is(Kind::identifier) || overflow.is(Kind::identifier);
  const bool known = known_size && known_overflow;
  if (known ? !is_too_large(*known_size, *known_overflow) : !named) return;
  const std::string message =
      known && !is_without_bound(*known_size, *known_overflow)
          ? fmt::format("Up to {} connections from each process: a server takes {} in all when nobody has set more",
                        *known_size + *known_overflow, kServerLimit)
          : "A pool without a bound: under load it opens connections until the server refuses them to everybody";
  Report& report = context.report(unbounded_pool, call, message);
  report.span = call.child(Field::function).span();
  report.variant = known ? kKnown : kNamed;
}

// The value of a constant of the file; nothing when it has several.
std::optional<int> value_of(Node size, int otherwise, Context& context) {
  if (!size) return otherwise;
  const std::vector<Source> sources = sources_of(size, context);
  return sources.size() == 1 ? number_in(sources.front().node) : std::nullopt;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (is_embedded_url(argument(call, "url", 0), context)) return false;
  if (report.variant == kKnown) return true;
  const auto size = value_of(argument(call, "pool_size"), kDefaultSize, context);
  const auto overflow = value_of(argument(call, "max_overflow"), kDefaultOverflow, context);
  return size && overflow && is_without_bound(*size, *overflow);
}

}  // namespace
}  // namespace surefoot::rules

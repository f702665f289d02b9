#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule redis_set_then_expire;
const Rule redis_set_then_expire{
    .code = "POOL107",
    .name = "redis-set-then-expire",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_written({"set", "setnx"});
        },
    .fix = fix,
};

namespace {

constexpr std::array<std::string_view, 4> kExpiring = {"expire", "pexpire", "expireat", "pexpireat"};

// What a command is sent to: a client of Redis, not a pipeline, which sends its commands together.
bool is_client(Node receiver, Context& context) {
  const Type* type = semantics::only(context.type_of(receiver));
  if (type == nullptr || type->tag != Type::Tag::instance || type->name.find("ipeline") != std::string_view::npos) {
    return false;
  }
  return context.is_instance(receiver, "redis.Redis") || context.is_instance(receiver, "redis.asyncio.Redis") ||
         context.is_instance(receiver, "redis.cluster.RedisCluster") ||
         context.is_instance(receiver, "redis.asyncio.cluster.RedisCluster");
}

Node receiver_of(Node call) { return call.child(Field::function).child(Field::object); }
Node key_of(Node call) { return argument(call, "name", 0); }

bool sets_expiry(Node call) {
  for (const std::string_view keyword : {"ex", "px", "exat", "pxat", "keepttl"}) {
    const Node value = argument(call, keyword);
    if (value && !value.is(Kind::none)) return true;
  }
  return has_splat(call) || positional_count(call) > 2;
}

// True when the way to `later` leads by the statement of `earlier`: it stands in the same block, or further in.
bool follows(Node later, Node earlier, Node function) {
  Node block = earlier.parent();
  while (block && block != function && !block.is(Kind::block)) block = block.parent();
  return later.start() >= earlier.end() && block && (block.covers(later) || block == function);
}

bool expires_key(Node call, Node set) {
  return contains(kExpiring, last_name(call)) && receiver_of(call).text() == receiver_of(set).text() && key_of(call) &&
         key_of(call).text() == key_of(set).text();
}

// The call that gives the key its time; null when there is none.
Node expiry_of(Node call, Node function, Context& context) {
  for (std::uint32_t i = call.after(); i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::call) || !expires_key(node, call) || !follows(node, call, function)) continue;
    if (context.enclosing_function(node) == function) return node;
  }
  return {};
}

void check(Node call, Context& context) {
  const Node receiver = receiver_of(call);
  const Node function = context.enclosing_function(call);
  if (last_name(call) != "set" && last_name(call) != "setnx") return;
  if (!receiver || !key_of(call) || !function || !is_client(receiver, context) || sets_expiry(call)) return;
  const Node expiry = expiry_of(call, function, context);
  if (!expiry) return;
  const bool only_new = last_name(call) == "setnx";
  context
      .report(
          redis_set_then_expire, call,
          fmt::format("`{}` and then `{}`: what dies in between leaves the key for ever. Set it with its time to "
                      "live, `set({}, …, {}ex=…)`",
                      only_new ? "setnx" : "set", last_name(expiry), key_of(call).text(), only_new ? "nx=True, " : ""))
      .span = call.child(Field::function).span();
}

// The statement that is nothing but the call, with others in its block; null otherwise.
Node statement_of(Node call) {
  const Node value = call.parent().is(Kind::await) ? call.parent() : call;
  const Node statement = value.parent();
  const bool alone = statement.is(Kind::expression_statement) && statement.parent().child_count() > 1;
  return alone ? statement : Node();
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const Node expiry = expiry_of(call.node, context.enclosing_function(call.node), context);
  static constexpr std::array<std::string_view, 4> kKeywords = {"ex", "px", "exat", "pxat"};
  const auto form = std::find(kExpiring.begin(), kExpiring.end(), last_name(expiry)) - kExpiring.begin();
  const Node time = expiry ? argument(expiry, form < 2 ? "time" : "when", 1) : Node();
  const Node statement = expiry ? statement_of(expiry) : Node();
  if (!time || !statement || positional_count(expiry) > 2) return {{}, "the time to live is not given by itself"};
  const fixes::Place place = context.place(statement);
  if (!fixes::indentation(file, place) || !fixes::ends_its_line(file, place)) {
    return {{}, "it shares its line with other code"};
  }
  const text::Span span = fixes::span_in_file(file, place);
  const text::Span lines{span.start, file.text.line_span(file.text.line_of(span.end)).end};
  if (file.text.slice(lines).find('#') != std::string_view::npos) return {{}, "a comment stands beside it"};
  const bool only_new = last_name(call.node) == "setnx";
  const std::string added =
      fmt::format("{}{}={}", only_new ? "nx=True, " : "", kKeywords[static_cast<std::size_t>(form)], time.text());
  std::vector<text::TextEdit> edits;
  if (only_new) {
    const Node name = call.node.child(Field::function).child(Field::attribute);
    edits.push_back(fixes::replace(file, context.place(name), "set"));
  }
  edits.push_back(fixes::add_argument(file, call, added));
  edits.push_back(fixes::remove_lines(file, file.text.line_of(span.start), file.text.line_of(span.end)));
  return {{fixes::make_fix("Set it with its time to live", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules

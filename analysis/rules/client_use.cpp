#include "analysis/rules/client_use.hpp"

#include <array>

#include "analysis/rules/local_names.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

// What a client may be given by each request without being another client: the request can be given it instead.
bool is_of_request(std::string_view keyword) {
  return contains(
      std::array<std::string_view, 6>{"headers", "timeout", "params", "follow_redirects", "limits", "raise_for_status"},
      keyword);
}

// True when the client shares what it is made of: a pool, a transport, a connector, another client.
bool shares_connections(Node call) {
  for (const std::string_view keyword :
       {"connection_pool", "transport", "app", "http_client", "connector_owner", "mounts", "cookie_jar"}) {
    const Node value = argument(call, keyword);
    if (value && !value.is(Kind::none)) return true;
  }
  return has_splat(call) || has_double_splat(call);
}

// True when it is another client each time: a tenant's address, a user's key.
class Dependence {
 public:
  explicit Dependence(Node function) : names_(function) {}

  bool of_call(Node call) {
    for (const Node given : call.child(Field::arguments).children()) {
      const bool keyword = given.is(Kind::keyword_argument);
      if (keyword && is_of_request(given.child(Field::name).text())) continue;
      if (of(keyword ? given.child(Field::value) : given, 0)) return true;
    }
    return false;
  }

  /// The local's number; kNone for what is none.
  std::uint32_t find(Node identifier) const { return names_.find(identifier); }
  const Local& local(std::uint32_t number) const { return names_.local(number); }

 private:
  static constexpr int kMaxDepth = 4;

  bool of(Node expression, int depth) {
    for (std::uint32_t i = expression.index(); i < expression.after(); ++i) {
      const Node node = expression.ast().node(i);
      if (node.is(Kind::await)) return true;
      const std::uint32_t number = names_.find(node);
      if (number != LocalNames::kNone && of_local(names_.local(number), depth)) return true;
    }
    return false;
  }

  bool of_local(const Local& local, int depth) {
    if (local.is_parameter) {
      const bool constant = local.name == "self" || local.name == "cls" ||
                            has_word(local.name, {"settings", "config", "conf", "cfg", "env", "app"});
      return !constant;
    }
    if (local.bindings.size() != 1 || depth > kMaxDepth) return true;
    if (local.bindings.front().parent().is(Kind::dotted_name)) return false;
    const Node value = bound_value(local.bindings.front());
    return !value || of(value, depth + 1);
  }

  LocalNames names_;
};

bool is_own_target(Node target, const Dependence& names) {
  return target.is(Kind::identifier) && names.find(target) != LocalNames::kNone;
}

// `self._client = client`, `cache[key] = client`, `clients.append(client)` behind the call.
bool is_kept_later(Node target, const Dependence& names) {
  for (const Node read : names.local(names.find(target)).reads) {
    const Node parent = read.parent();
    if (parent.is(Kind::assignment) && read.field() == Field::right &&
        !is_own_target(parent.child(Field::left), names)) {
      return true;
    }
    if (!parent.is(Kind::argument_list)) continue;
    const std::string_view name = last_name(parent.parent());
    if (contains(std::array<std::string_view, 5>{"append", "add", "setdefault", "put", "setattr"}, name)) return true;
  }
  return false;
}

// True when the client outlives the call: kept in a global, an attribute, a dictionary.
bool is_kept(Node call, const Dependence& names) {
  for (Node child = call, parent = call.parent(); parent; child = parent, parent = parent.parent()) {
    if (parent.is(Kind::assignment)) {
      const Node target = parent.child(Field::left);
      return !is_own_target(target, names) || is_kept_later(target, names);
    }
    if (parent.is(Kind::argument_list) && child == call) {
      const std::string_view taker = last_name(parent.parent());
      if (taker != "closing" && !taker.starts_with("enter_")) return true;  // handed to what may keep it
    }
    if (parent.is(Kind::lambda) || syntax::is_statement(parent.kind())) return false;
  }
  return false;
}

}  // namespace

bool is_made_to_be_dropped(Node call, Node function) {
  Dependence names(function);
  return !shares_connections(call) && !is_kept(call, names) && !names.of_call(call);
}

Node block_of_client(Node call) {
  for (Node outer = call.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (outer.is(Kind::with_statement)) return outer.child(Field::body).covers(call) ? Node() : outer;
    if (syntax::is_statement(outer.kind())) return {};
  }
  return {};
}

bool listens(Node call, Context& context) {
  const Node block = block_of_client(call);
  bool found = false;
  for_each_own(block ? block.child(Field::body) : context.enclosing_function(call).child(Field::body), [&](Node node) {
    const std::string_view method = node.is(Kind::call) ? last_name(node) : std::string_view();
    found = found || (block && node.is(Kind::while_statement)) ||
            contains(std::array<std::string_view, 6>{"ws_connect", "pubsub", "subscribe", "psubscribe", "serve_forever",
                                                     "add_listener"},
                     method);
  });
  return found;
}

bool asks_at_once(Node call) {
  static constexpr std::array<std::string_view, 8> kVerbs = {"get",    "post", "put",     "patch",
                                                             "delete", "head", "request", "options"};
  bool found = false;
  for_each_own(block_of_client(call).child(Field::body),
               [&](Node node) { found = found || (node.is(Kind::call) && contains(kVerbs, last_name(node))); });
  return found;
}

}  // namespace surefoot::rules

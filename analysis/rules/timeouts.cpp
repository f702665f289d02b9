#include "analysis/rules/timeouts.hpp"

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using semantics::UnitModel;

namespace {

constexpr std::string_view kSession = "requests.Session";

// Calls `visit(node, inside)` for the nodes of this kind in all units that have the identifier; true as soon as it is.
template <class Visit>
bool any_node(Context& context, Kind kind, std::string_view name, const Visit& visit) {
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(kind) && visit(node, inside)) return true;
    }
    return false;
  });
}

const Type* type_in(const UnitModel& unit, Node expression, Context& context) {
  return expression ? semantics::only(context.resolver().type_of(unit, expression)) : nullptr;
}

// True for `session.mount(prefix, adapter)` with an adapter that may limit the time.
bool mounts_limit(Node call, const UnitModel& unit, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "mount") return false;
  const Type* receiver = type_in(unit, function.child(Field::object), context);
  if (receiver != nullptr && !context.resolver().is_subclass(receiver->name, kSession)) return false;
  const Node adapter = argument(call, "adapter", 1);
  if (!adapter) return false;
  const Type* type = type_in(unit, adapter, context);
  return type == nullptr || !type->is_instance("requests.adapters.HTTPAdapter");
}

// `session.request = functools.partial(session.request, timeout=5)`
bool replaces_sending(Node assignment) {
  const Node target = assignment.child(Field::left);
  const Node value = assignment.child(Field::right);
  if (!target.is(Kind::attribute) || !value) return false;
  const std::string_view name = target.child(Field::attribute).text();
  return (name == "request" || name == "send") && value.text().find("timeout") != std::string_view::npos;
}

// True for a class of the project, in whatever file, that sends requests its own way.
bool overrides_sending(const Type& receiver, Context& context) {
  return receiver.tag == Type::Tag::instance && (context.resolver().method(receiver, "request").function != nullptr ||
                                                 context.resolver().method(receiver, "send").function != nullptr);
}

}  // namespace

bool sets_default_timeout(Context& context) {
  return any_node(context, Kind::call, "setdefaulttimeout", [&](Node call, Context& inside) {
    const Type* callee = type_in(inside.unit(), call.child(Field::function), context);
    const Node limit = argument(call, "timeout", 0);
    return callee != nullptr && callee->is_object("socket.setdefaulttimeout") && limit && !limit.is(Kind::none);
  });
}

namespace {

// The constructor of a session that is none of the project's classes; nothing where that is not seen.
std::optional<PlacedCall> constructor_of(Node session, Context& context) {
  const auto made = maker_of(session, context);
  if (!made) return std::nullopt;
  Context inside(context, made->unit);
  const Type* callee = inside.callee(made->call);
  const bool plain = callee != nullptr && callee->function == nullptr &&
                     (callee->is_object(kSession) || callee->is_object("requests.session"));
  return plain ? made : std::nullopt;
}

// True when the receiver is known to be another session than the one that is made there.
bool is_other_session(Node receiver, const PlacedCall& session, Context& inside) {
  if (plain_term(receiver, inside).op == semantics::Op::self) return true;  // in a class of its own
  const auto made = maker_of(receiver, inside);
  return made && (made->unit != session.unit || made->call != session.call);
}

}  // namespace

bool limits_session(Node session, Context& context) {
  const auto made = constructor_of(session, context);
  const auto concerns = [&](Node attribute, Context& inside) {
    return !made || !is_other_session(attribute.child(Field::object), *made, inside);
  };
  return any_node(context, Kind::call, "mount",
                  [&](Node call, Context& inside) {
                    return mounts_limit(call, inside.unit(), context) && concerns(call.child(Field::function), inside);
                  }) ||
         any_node(context, Kind::assignment, "timeout", [&](Node assignment, Context& inside) {
           return replaces_sending(assignment) && concerns(assignment.child(Field::left), inside);
         });
}

bool has_own_sending(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute)) return false;
  const Type* receiver = semantics::only(context.type_of(function.child(Field::object)));
  if (receiver == nullptr || receiver->tag != Type::Tag::instance) return false;
  const std::string_view method = function.child(Field::attribute).text();
  if (receiver->super && (method == "request" || method == "send")) return false;
  return overrides_sending(*receiver, context);
}

bool is_under_timeout(Node call, Context& context) {
  for (Node node = call; node; node = node.parent()) {
    const Node parent = node.parent();
    if (parent.is(Kind::argument_list) && context.calls(parent.parent(), "asyncio.wait_for")) return true;
    if ((parent.is(Kind::function_definition) || parent.is(Kind::lambda)) && node.field() == Field::body) return false;
    if (!parent.is(Kind::with_statement) || node.field() != Field::body) continue;
    for (const Node item : parent.child(Kind::with_clause).children()) {
      if (provided_by(item, context) == knowledge::Provided::timeout) return true;
    }
  }
  return false;
}

}  // namespace surefoot::rules

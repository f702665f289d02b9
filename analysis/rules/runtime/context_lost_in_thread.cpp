#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule context_lost_in_thread;
const Rule context_lost_in_thread{
    .code = "RT314",
    .name = "context-lost-in-thread",
    .severity = Severity::warning,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::UnitModel;

constexpr int kMaxDepth = 3;

// Bridges whose thread starts with an empty context; `asyncio.to_thread` and its like copy the caller's.
bool starts_empty(std::string_view bridge) {
  return bridge.starts_with("threading.") || bridge.starts_with("_thread.") || bridge.starts_with("concurrent.") ||
         bridge.starts_with("multiprocessing.pool.") || bridge.ends_with(".run_in_executor");
}

// The callable that the call hands to a raw thread; null when it hands none.
Node handed_to_thread(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || bridge->to != knowledge::Where::worker_thread || !starts_empty(bridge->name)) return {};
  return without_parentheses(argument(call, bridge->callable));
}

// A piece of code and the context of its unit.
struct Code {
  std::size_t unit;
  Node body;
};

// True when a decorator may make another function of it (`copy_current_request_context`).
bool is_wrapped(const Type& type, Context& context) {
  return std::any_of(type.function->decorators.begin(), type.function->decorators.end(), [&](semantics::TermId id) {
    const Type* decorator = semantics::only(context.resolver().type_of(*type.unit, id));
    return decorator == nullptr || (decorator->name != "staticmethod" && decorator->name != "classmethod");
  });
}

std::optional<Code> code_of(const Type& type, Context& context) {
  const auto unit = unit_of(type.unit, context);
  if (!unit) return std::nullopt;
  const syntax::Ast& ast = type.unit->unit->ast;
  if (type.function != nullptr) {
    if (type.function->is_async || is_wrapped(type, context)) return std::nullopt;
    return Code{*unit, ast.node(type.function->node).child(Field::body)};
  }
  if (type.tag == Type::Tag::lambda) return Code{*unit, ast.node(type.node).child(Field::body)};
  return std::nullopt;
}

std::optional<Code> code_at(Node callable, Context& context) {
  if (callable.is(Kind::lambda)) return Code{context.unit_number(), callable.child(Field::body)};
  const Type* type = callable ? semantics::only(context.type_of(callable)) : nullptr;
  return type != nullptr ? code_of(*type, context) : std::nullopt;
}

// Names that stand for something of the request or thread that reads them.
bool is_proxy(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "flask.request", "flask.session", "flask.g",       "flask.current_app", "flask_login.current_user",
      "quart.request", "quart.g",       "quart.session", "quart.current_app"};
  return contains(kNames, name);
}

bool is_connection(std::string_view name) {
  return name == "django.db.connection" || name == "django.db.transaction.atomic";
}

// Looks for reads of the context in code and in the functions of this file that it calls.
class Reads {
 public:
  explicit Reads(Context& context) : context_(context) {}

  bool any_in(const Code& code, int depth = 0) {
    Context inside(context_, code.unit);
    const bool pushes = pushes_context(code.body);
    for (std::uint32_t i = code.body.index(); i < code.body.after(); ++i) {
      const Node node = code.body.ast().node(i);
      if (node.is(Kind::function_definition) || node.is(Kind::class_definition)) {
        i = node.after() - 1;
      } else if (reads(node, code.body, pushes, inside) || reads_through(node, inside, depth)) {
        return true;
      }
    }
    return false;
  }

 private:
  // `with app.app_context():`
  static bool pushes_context(Node body) {
    bool pushes = false;
    for (const std::string_view name : {"app_context", "request_context", "test_request_context"}) {
      for_each_mention_in(body, name, [&](Node) { pushes = true; });
    }
    return pushes;
  }

  static bool is_set_in(Node body, Node variable) {
    bool set = false;
    for_each_mention_in(body, last_part(variable).text(), [&](Node place) {
      const Node method = place.parent();
      set = set || (method.is(Kind::attribute) && method.child(Field::attribute).text() == "set");
    });
    return set;
  }

  static bool reads(Node node, Node body, bool pushes, Context& inside) {
    if (node.is(Kind::call)) {
      const Node function = node.child(Field::function);
      if (inside.calls(node, "structlog.contextvars.get_contextvars")) return true;
      if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "get") return false;
      const Node variable = function.child(Field::object);
      return inside.is_instance(variable, "contextvars.ContextVar") && last_part(variable) &&
             !is_set_in(body, variable);
    }
    const bool name = node.is(Kind::identifier) && node.field() != Field::attribute;
    if (!name && !node.is(Kind::attribute)) return false;
    const Type* type = semantics::only(inside.type_of(node));
    if (type == nullptr || type->tag != Type::Tag::object) return false;
    return (is_proxy(type->name) && !pushes) || is_connection(type->name);
  }

  bool reads_through(Node node, Context& inside, int depth) {
    if (!node.is(Kind::call) || depth >= kMaxDepth) return false;
    const Type* callee = inside.callee(node);
    const auto code = callee != nullptr ? code_of(*callee, context_) : std::nullopt;
    return code && any_in(*code, depth + 1);
  }

  Context& context_;
};

void check(Node call, Context& context) {
  const Node callable = handed_to_thread(call, context);
  if (!callable || !code_at(callable, context)) return;
  const std::string name = callable.is(Kind::lambda) ? "The lambda" : fmt::format("`{}`", callable.text());
  context
      .report(context_lost_in_thread, call,
              fmt::format("{} runs in a thread that does not get this context: the context variables, request or "
                          "connection that it reads are not those of its caller",
                          name))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto code = code_at(handed_to_thread(call, context), context);
  return code && Reads(context).any_in(*code);
}

// `target=f, args=(x,)` -> `target=….run, args=(f, x)`
std::optional<std::vector<text::TextEdit>> run_with_tuple(Node call, Node callable, const std::string& run,
                                                          Context& context) {
  const Node args = argument(call, "args");
  const std::string function(callable.text());
  const fixes::FileView& file = context.file();
  std::vector<text::TextEdit> edits{fixes::replace(file, context.place(callable), run)};
  if (!args) {
    edits.push_back(fixes::add_argument(file, context.place(call), "args=(" + function + ",)"));
  } else if (args.is(Kind::tuple) && args.first_child()) {
    edits.push_back(fixes::insert_before(file, context.place(args.first_child()), function + ", "));
  } else if (args.is(Kind::tuple)) {
    edits.push_back(fixes::replace(file, context.place(args), "(" + function + ",)"));
  } else {
    edits.push_back(fixes::replace(file, context.place(args), "(" + function + ", *" + std::string(args.text()) + ")"));
  }
  return edits;
}

std::optional<std::vector<text::TextEdit>> run_in_copy(Node call, const std::string& run, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  const Node callable = argument(call, bridge->callable);
  if (bridge->arguments == knowledge::Handover::tuple) {
    const bool named = callable.parent().is(Kind::keyword_argument) && positional_count(call) == 0;
    return named ? run_with_tuple(call, callable, run, context) : std::nullopt;
  }
  if (bridge->arguments != knowledge::Handover::rest || callable.parent().is(Kind::keyword_argument)) {
    return std::nullopt;
  }
  return std::vector<text::TextEdit>{fixes::insert_before(context.file(), context.place(callable), run + ", ")};
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  Fixes fixes;
  fixes::Import import = fixes::import_module(context.file(), context.place(call), "contextvars");
  fixes.reason = import.problem;
  if (!fixes.reason.empty()) return fixes;
  auto edits = run_in_copy(call, import.name + ".copy_context().run", context);
  if (!edits) {
    fixes.reason = "a copy of the context runs one call";
    return fixes;
  }
  if (import.edit) edits->push_back(std::move(*import.edit));
  fixes.offered.push_back(
      fixes::make_fix("Run it in a copy of this context", fixes::Applicability::unsafe, std::move(*edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules

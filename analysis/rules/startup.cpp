#include "analysis/rules/startup.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/generators.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

constexpr std::array<std::string_view, 9> kMainNames = {"main",      "amain",       "async_main", "main_async", "_main",
                                                        "main_loop", "_async_main", "_amain",     "__main__"};

bool has_startup_name(std::string_view name) {
  return std::find(kMainNames.begin(), kMainNames.end(), name) != kMainNames.end() ||
         has_word(name, {"lifespan", "startup", "shutdown"});
}

const semantics::Function* model_of(Node definition, Context& context) {
  for (const semantics::Function& function : context.unit().functions) {
    if (function.node == definition.index()) return &function;
  }
  return nullptr;
}

// `app` or `app: FastAPI` as the first parameter of an `@asynccontextmanager`: a lifespan under another name.
bool takes_application(const semantics::Function& function) {
  return !function.parameters.empty() &&
         (function.parameters.front().name == "app" || function.parameters.front().name == "application");
}

bool has_startup_decorator(const semantics::Function& function, Context& context) {
  for (const semantics::TermId decorator : function.decorators) {
    const Type* type = semantics::only(context.resolver().type_of(context.unit(), decorator));
    if (type == nullptr || type->tag != Type::Tag::object) continue;
    if (type->name == "contextlib.asynccontextmanager" && takes_application(function)) return true;
    const knowledge::Decorator* facts = knowledge::find_decorator(type->name);
    if (facts != nullptr && facts->context == knowledge::Context::startup) return true;
  }
  return false;
}

// Decorators that are read as text, where nothing is known of the object: `@app.on_event("startup")`.
bool says_startup(Node definition) {
  const Node decorated = definition.parent();
  if (!decorated.is(Kind::decorated_definition)) return false;
  for (const Node child : decorated.children()) {
    if (!child.is(Kind::decorator)) continue;
    if (has_word(child.text(), {"startup", "shutdown", "lifespan"}) ||
        child.text().find("before_serving") != std::string_view::npos ||
        child.text().find("server_start") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

bool names(Node node, std::string_view name) {
  if (node.is(Kind::attribute)) node = node.child(Field::attribute);
  return node.is(Kind::identifier) && node.text() == name;
}

// `lifespan=f`, `on_startup=[f]`, `add_event_handler("startup", f)`, `app.on_startup.append(f)`,
// `cleanup_ctx.append(f)`.
bool registers(Node call, std::string_view name) {
  for (const std::string_view keyword : {"lifespan", "on_startup", "on_shutdown"}) {
    if (mentions(argument(call, keyword), name)) return true;
  }
  const Node function = call.child(Field::function);
  const std::string_view method = function.child(Field::attribute).text();
  if (method == "add_event_handler") return names(argument(call, "func", 1), name);
  const bool list =
      method == "append" && has_word(function.child(Field::object).text(), {"startup", "shutdown", "cleanup"});
  return list && names(argument(call, "", 0), name);
}

}  // namespace

bool in_startup_code(Node node, Context& context) {
  const Node definition = context.enclosing_function(node);
  if (!definition.is(Kind::function_definition)) return false;
  if (has_startup_name(definition.child(Field::name).text()) || says_startup(definition)) return true;
  const semantics::Function* function = model_of(definition, context);
  return function != nullptr && has_startup_decorator(*function, context);
}

namespace {

bool starts_loop(Node call, Context& context) {
  static constexpr std::array<std::string_view, 6> kStarters = {
      "asyncio.run", "asyncio.Runner.run", "asyncio.AbstractEventLoop.run_until_complete",
      "uvloop.run",  "anyio.run",          "trio.run"};
  const Type* callee = context.callee(call);
  return callee != nullptr && std::find(kStarters.begin(), kStarters.end(), callee->name) != kStarters.end();
}

// True in the code below `if __name__ == "__main__"`, in `main`, and in the commands of a command line.
bool is_of_program(Node node, Context& context) {
  const Node definition = context.enclosing_function(node);
  if (!definition) return true;
  if (!definition.is(Kind::function_definition)) return false;
  if (in_startup_code(node, context)) return true;
  const semantics::Function* function = model_of(definition, context);
  if (function == nullptr) return false;
  return std::any_of(function->decorators.begin(), function->decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    return facts != nullptr && facts->context == knowledge::Context::cli;
  });
}

// `asyncio.run(load())` where the program starts: `load` is what a script does, or what sets a server up.
bool hands_to_loop(Node call, std::string_view name, Context& context) {
  Node work = argument(call, "main", 0);
  if (work.is(Kind::call)) work = work.child(Field::function);
  return names(work, name) && starts_loop(call, context) && is_of_program(call, context);
}

// True when `test` holds for a call of the units that may have the name.
template <typename Test>
bool any_call_with(std::string_view name, Context& context, const Test& test) {
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && test(node, inside)) return true;
    }
    return false;
  });
}

// What a coroutine does over and over keeps others waiting that it has started.
bool is_in_endless_loop(Node node, Context& context) {
  const Node function = context.enclosing_function(node);
  for (Node outer = node.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::while_statement) && outer.child(Field::condition).is(Kind::true_)) return true;
  }
  return false;
}

}  // namespace

bool runs_after_startup(const Report& report, Context& context) {
  const Node place = context.unit().unit->ast.node(report.node);
  const Node definition = context.enclosing_function(place);
  const std::string_view name = definition.child(Field::name).text();
  if (name.empty()) return true;
  const bool endless = is_in_endless_loop(place, context);
  return !any_call_with(name, context, [&](Node call, Context& inside) {
    return registers(call, name) || (!endless && hands_to_loop(call, name, inside));
  });
}

namespace {

bool has_shutdown_name(std::string_view name) {
  return name == "__aexit__" || name == "__exit__" || name == "asyncTearDown" ||
         has_word(name, {"stop", "shutdown", "close", "aclose", "disconnect", "cleanup", "teardown", "terminate",
                         "destroy", "dispose", "exit", "aexit", "unload", "finish", "finalize", "deinit"});
}

bool says_shutdown(Node definition) {
  const Node decorated = definition.parent();
  if (!decorated.is(Kind::decorated_definition)) return false;
  for (const Node child : decorated.children()) {
    if (child.is(Kind::decorator) && (has_word(child.text(), {"shutdown", "cleanup"}) ||
                                      child.text().find("after_serving") != std::string_view::npos ||
                                      child.text().find("server_stop") != std::string_view::npos)) {
      return true;
    }
  }
  return false;
}

bool is_behind_only_yield(Node node, Node function) {
  const Node yield = only_yield(function);
  return yield && yield.start() <= node.start();
}

}  // namespace

bool is_on_shutdown_path(Node node, Context& context) {
  const Node function = context.enclosing_function(node);
  if (!function.is(Kind::function_definition)) return false;
  for (Node outer = node.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::finally_clause)) return true;
  }
  return has_shutdown_name(function.child(Field::name).text()) || says_shutdown(function) ||
         is_behind_only_yield(node, function);
}

namespace {

// True when code of the file registers the function where programs start.
bool is_registered(std::string_view name, Context& context) {
  return any_call_with(name, context, [&](Node call, Context& inside) {
    if (registers(call, name) && !has_word(call.text(), {"shutdown", "cleanup"})) return true;
    return hands_to_loop(call, name, inside);
  });
}

}  // namespace

std::optional<fixes::Place> startup_coroutine(Context& context) {
  std::optional<fixes::Place> found;
  for_each_unit(context, [&](Node root, Context& inside) {
    const Node function = root.is(Kind::decorated_definition) ? root.last_child() : root;
    if (found || !inside.unit().container.empty() || !function.is_async()) return;
    if (!function.is(Kind::function_definition)) return;
    const Node body = function.child(Field::body);
    const std::string_view name = function.child(Field::name).text();
    if (has_shutdown_name(name) || says_shutdown(function)) return;
    if (in_startup_code(body, inside) || is_registered(name, context)) found = inside.place(function);
  });
  return found;
}

}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/hoist.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/local_names.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

// Clients with connections of their own that are made to be shared.
constexpr std::array<std::string_view, 35> kClients = {"aiohttp.ClientSession",
                                                       "httpx.Client",
                                                       "httpx.AsyncClient",
                                                       "redis.Redis",
                                                       "redis.StrictRedis",
                                                       "redis.from_url",
                                                       "redis.Redis.from_url",
                                                       "redis.RedisCluster",
                                                       "redis.cluster.RedisCluster",
                                                       "redis.asyncio.Redis",
                                                       "redis.asyncio.from_url",
                                                       "redis.asyncio.cluster.RedisCluster",
                                                       "asyncpg.connect",
                                                       "elasticsearch.Elasticsearch",
                                                       "elasticsearch.AsyncElasticsearch",
                                                       "opensearchpy.OpenSearch",
                                                       "opensearchpy.AsyncOpenSearch",
                                                       "pymongo.MongoClient",
                                                       "pymongo.AsyncMongoClient",
                                                       "motor.motor_asyncio.AsyncIOMotorClient",
                                                       "openai.OpenAI",
                                                       "openai.AsyncOpenAI",
                                                       "openai.AzureOpenAI",
                                                       "openai.AsyncAzureOpenAI",
                                                       "anthropic.Anthropic",
                                                       "anthropic.AsyncAnthropic",
                                                       "groq.Groq",
                                                       "groq.AsyncGroq",
                                                       "mistralai.Mistral",
                                                       "cohere.Client",
                                                       "cohere.AsyncClient",
                                                       "google.genai.Client",
                                                       "ollama.Client",
                                                       "ollama.AsyncClient",
                                                       "together.Together"};

}  // namespace

extern const Rule client_per_request;
const Rule client_per_request{
    .code = "POOL101",
    .name = "client-per-request",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.of == Callee::Of::library && contains(kClients, callee.name); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kServed = 0;  // the function is one that a server calls
constexpr int kHelper = 1;  // it may be run by one
constexpr int kLoop = 2;
constexpr int kCall = 3;  // a coroutine that makes one each time it runs

Node outermost(Node function, Context& context) {
  while (const Node outer = context.enclosing_function(function)) function = outer;
  return function.is(Kind::function_definition) ? function : Node();
}

// ---- what the client depends on

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

// ---- how long it lives

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

// The `with` that the client is entered in; null for none.
Node block_of_client(Node call) {
  for (Node outer = call.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (outer.is(Kind::with_statement)) return outer.child(Field::body).covers(call) ? Node() : outer;
    if (syntax::is_statement(outer.kind())) return {};
  }
  return {};
}

// A client that lives as long as what it listens to: a socket, a subscription, a loop without an end.
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

// ---- where it is made

bool goes_on(Node loop) {
  bool leaves = false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    leaves = leaves || node.is(Kind::break_statement) || node.is(Kind::return_statement);
  });
  return !leaves &&
         !has_word(loop.child(Field::condition).text(), {"attempt", "attempts", "retry", "retries", "tries"});
}

// A loop over items, or over the jobs of a queue; not one that tries again.
bool is_over_items(Node loop, Context& context) {
  if (loop.is(Kind::while_statement)) return goes_on(loop);
  if (is_comprehension(loop)) return true;
  return !has_word(loop.child(Field::left).text(), {"attempt", "attempts", "retry", "retries", "try", "tries"}) &&
         !context.calls(loop.child(Field::right), "range");
}

// The `with` block of the client asks for something itself: it is no connection that others keep up.
bool asks_at_once(Node call) {
  static constexpr std::array<std::string_view, 8> kVerbs = {"get",    "post", "put",     "patch",
                                                             "delete", "head", "request", "options"};
  bool found = false;
  for_each_own(block_of_client(call).child(Field::body),
               [&](Node node) { found = found || (node.is(Kind::call) && contains(kVerbs, last_name(node))); });
  return found;
}

// A loop whose body makes a client for each of its rounds.
bool is_made_in_loop(Node call, Context& context) {
  const Node loop = loop_around(call);
  if (!loop || is_comprehension(loop) || !is_over_items(loop, context)) return false;
  return loop.is(Kind::for_statement) || asks_at_once(call);
}

// RQ starts a process for each job: it has no other time to make a client.
bool is_own_process(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return false;
  return std::any_of(model->decorators.begin(), model->decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    return facts != nullptr && facts->framework == "rq";
  });
}

// What starts something, or is all that its program does.
bool runs_once(Node function) {
  return has_word(function.child(Field::name).text(), {"start", "run", "main", "serve", "setup", "init", "connect",
                                                       "open", "listen", "watch", "poll", "loop", "forever", "worker"});
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !contains(kClients, callee->name)) return;
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::coroutine) return;
  const Node function = outermost(context.enclosing_function(call), context);
  if (!function || in_startup_code(call, context) || is_memoized(function, context)) return;
  if (is_own_process(function, context)) return;
  Dependence names(function);
  if (shares_connections(call) || is_kept(call, names) || names.of_call(call)) return;
  if (listens(call, context)) return;
  const bool loop = is_made_in_loop(call, context);
  const Served served = served_by_declaration(function, context);
  const bool job = run_by_declaration(function, context) == RunBy::consumer;
  const bool often = context.in_coroutine(call) && !loop_around(call) && !runs_once(function);
  const int other = often ? kCall : kHelper;
  const int variant = served != Served::no || job ? kServed : loop ? kLoop : other;
  const std::string when = served != Served::no ? fmt::format("each {}", describe(served))
                           : job                ? "each job"
                           : loop               ? "each round of the loop"
                                                : "each call";
  Report& report = context.report(
      client_per_request, call,
      fmt::format("`{}` is made anew for {}, and its connections with it: make it once, when the application starts",
                  callee->name, when));
  report.span = call.child(Field::function).span();
  report.variant = variant;
}

bool is_served(Node function, Context& inside) {
  return served_by(function, inside) != Served::no || run_by_declaration(function, inside) == RunBy::consumer;
}

// `gather(*(fetch(url) for url in urls))`
bool is_called_in_loop(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  bool found = false;
  if (model == nullptr) return false;
  for_each_name_of(*model, context, [&](Node place, Context& inside) {
    const Node call = place.parent().is(Kind::call) && place.field() == Field::function ? place.parent() : Node();
    const Node loop = call ? loop_around(call) : Node();
    found = found || (loop && !loop.is(Kind::while_statement) && is_over_items(loop, inside));
  });
  return found;
}

// Programs that do one thing and end.
bool is_of_program(const Report& report, Context& context) {
  return !may_be_imported(report, context) || is_mentioned("argparse", context) || is_mentioned("click", context) ||
         has_word(context.path(), {"script", "scripts", "cli", "example", "examples", "demo", "tools", "bin", "main",
                                   "bench", "benchmark", "benchmarks", "docs", "command", "commands"});
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = outermost(context.enclosing_function(call), context);
  if (!runs_after_startup(report, context)) return false;
  if (report.variant == kCall && !is_of_program(report, context)) return true;
  if (report.variant != kHelper && report.variant != kCall) return true;
  return is_reached_from(function, Reach::calls_and_handovers, context, is_served) ||
         is_called_in_loop(function, context);
}

// ---- fix

// What belongs to the event loop that it is made in, or connects when it is made.
bool needs_loop(std::string_view client) { return client == "aiohttp.ClientSession" || client == "asyncpg.connect"; }

bool is_closed_by_hand(Node call, Node function) {
  const Node target = call.parent().is(Kind::assignment) ? call.parent().child(Field::left) : Node();
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!target || !node.is(Kind::attribute) || node.child(Field::object).text() != target.text()) return;
    found = found || has_word(node.child(Field::attribute).text(), {"close", "aclose"});
  });
  return found;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const Type* callee = context.callee(call.node);
  if (callee == nullptr || needs_loop(callee->name))
    return {{}, "it has to be made in the event loop, in the lifespan"};
  if (is_closed_by_hand(call.node, context.enclosing_function(call.node))) return {{}, "the function closes it"};
  const Node block = block_of_client(call.node);
  if (block.is_async() && context.target() < semantics::PythonVersion{3, 10}) return {{}, "the function closes it"};
  fixes::Hoisted hoisted = fixes::hoist_to_module(file, call, "_client");
  if (!hoisted.problem.empty()) return {{}, hoisted.problem};
  std::vector<text::TextEdit> edits;
  std::string shared = hoisted.name;
  if (block) {
    const fixes::Import contextlib = fixes::import_module(file, call, "contextlib");
    if (!contextlib.problem.empty()) return {{}, contextlib.problem};
    if (contextlib.edit) edits.push_back(*contextlib.edit);
    shared = contextlib.name + ".nullcontext(" + shared + ")";
  }
  edits.push_back(std::move(hoisted.edit));
  edits.push_back(fixes::replace(file, call, shared));
  return {{fixes::make_fix(fmt::format("Share one, `{}`, of the module", hoisted.name), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/hoist.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/client_use.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/made_anew.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/serverless.hpp"
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
constexpr int kCall = 3;  // strict: a coroutine that makes one each time it runs
constexpr int kAsk = 4;   // a coroutine that makes one, asks something, and throws it away

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

// Coroutines that run once, or now and then, by their names.
bool is_rare_by_name(std::string_view name) {
  return has_word(name, {"init",     "setup",  "start",    "open",    "connect", "bootstrap", "serve",   "run",
                         "main",     "listen", "register", "login",   "migrate", "seed",      "prepare", "validate",
                         "announce", "probe",  "sync",     "refresh", "once",    "all",       "nightly", "daily"});
}

// A coroutine that is there to ask something with what it is given: it makes a client, asks, and throws it away.
bool is_one_question(Node call, Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || model->is_generator || !context.in_coroutine(call) || !asks_at_once(call)) return false;
  const std::size_t own = model->container.empty() ? 0 : 1;
  if (model->parameters.size() <= own || is_rare_by_name(model->name)) return false;
  bool many = false;
  for_each_own(block_of_client(call).child(Field::body), [&](Node node) {
    many = many || node.is(Kind::for_statement) || node.is(Kind::while_statement) || is_comprehension(node) ||
           (node.is(Kind::with_statement) && node.is_async() && mentions(node, "create_task_group"));
  });
  return !many;
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

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !contains(kClients, callee->name)) return;
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::coroutine) return;
  const Node function = definition_round(call, context);
  if (!function || in_startup_code(call, context) || is_memoized(function, context)) return;
  if (is_own_process(function, context) || is_serverless(context)) return;  // RT502 speaks of invocations
  if (!is_made_to_be_dropped(call, function)) return;
  if (listens(call, context)) return;
  const bool loop = is_made_in_loop(call, context);
  const Served served = served_by_declaration(function, context);
  const bool job = run_by_declaration(function, context) == RunBy::consumer;
  const bool strict = context.strict() && context.in_coroutine(call);
  const int other = strict ? kCall : is_one_question(call, function, context) ? kAsk : kHelper;
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

// `asyncio.run(fetch(url))`
bool is_handed_to_loop(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  bool found = false;
  if (model == nullptr) return false;
  for_each_name_of(*model, context, [&](Node place, Context&) {
    const Node made = place.parent().is(Kind::call) ? place.parent() : place;
    const Node taker = made.parent().is(Kind::argument_list) ? made.parent().parent() : Node();
    found = found || (taker && contains(std::array<std::string_view, 4>{"run", "run_until_complete", "async_to_sync",
                                                                        "run_coroutine_threadsafe"},
                                        last_name(taker)));
  });
  return found;
}

// True when a program or command of the file runs the function.
bool is_of_program(Node function, Context& context) {
  return is_reached_from(function, Reach::calls_and_handovers, context, [](Node one, Context& inside) {
    return one.is(Kind::function_definition) &&
           (in_startup_code(one.child(Field::body), inside) || is_handed_to_loop(one, inside));
  });
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = definition_round(call, context);
  if (!runs_after_startup(report, context)) return false;
  if (report.variant == kAsk && !is_of_program(function, context) && may_be_imported(report, context)) return true;
  if (report.variant != kHelper && report.variant != kAsk) return true;
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

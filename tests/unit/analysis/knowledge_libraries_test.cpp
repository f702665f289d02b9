// What the tables of third-party libraries must answer: the chains, factories and exceptions that rules stand on.
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/tables.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::knowledge {
namespace {

Effect effects_of(std::string_view class_name, std::string_view method) {
  const Callable* entry = find_method(class_name, method);
  return entry == nullptr ? Effect::none : entry->effects;
}

bool is_async(std::string_view class_name, std::string_view method) {
  const Callable* entry = find_method(class_name, method);
  return entry != nullptr && entry->is_async;
}

TEST_CASE("a client's resources are found through its attributes") {
  std::string_view type = "openai.OpenAI";
  for (const std::string_view attribute : {"chat", "completions"}) type = find_attribute(type, attribute);
  CHECK(any(effects_of(type, "create") & Effect::blocks_network));
  type = "openai.AsyncAzureOpenAI";
  for (const std::string_view attribute : {"chat", "completions"}) type = find_attribute(type, attribute);
  CHECK(is_async(type, "create"));
  CHECK_FALSE(is_async(type, "stream"));
}

TEST_CASE("cheap methods of blocking clients are silent") {
  CHECK(any(effects_of("botocore.client.BaseClient", "list_buckets") & Effect::blocks_network));
  CHECK_FALSE(any(effects_of("botocore.client.BaseClient", "generate_presigned_url")));
  CHECK(any(effects_of("redis.Redis", "hgetall") & Effect::blocks_network));
  CHECK_FALSE(any(effects_of("redis.client.Pipeline", "hgetall")));
  CHECK(any(effects_of("redis.client.Pipeline", "execute") & Effect::blocks_network));
  CHECK_FALSE(any(effects_of("pymongo.collection.Collection", "find")));
}

TEST_CASE("sync and async halves differ in kind, not in what they send") {
  CHECK(any(effects_of("httpx.Client", "post") & Effect::blocks_network));
  CHECK(is_async("httpx.AsyncClient", "post"));
  CHECK(any(effects_of("httpx.AsyncClient", "post") & Effect::sends));
  CHECK(find_class("sqlalchemy.ext.asyncio.AsyncSession")->manager == Sides::async);
  CHECK(any(effects_of("sqlmodel.Session", "commit") & Effect::blocks_database));
  CHECK(is_async("sqlmodel.ext.asyncio.session.AsyncSession", "commit"));
}

TEST_CASE("an AsyncSession's result is read already") {
  const Callable* execute = find_method("sqlalchemy.ext.asyncio.AsyncSession", "execute");
  REQUIRE(execute != nullptr);
  CHECK_FALSE(any(effects_of(execute->returns, "all")));
  CHECK(find_method(execute->returns, "scalars")->returns == "sqlalchemy.ScalarResult");
}

TEST_CASE("the ORM's twins, contexts and bridges are known") {
  const Callable* get = find_method("django.db.models.QuerySet", "get");
  REQUIRE(get != nullptr);
  CHECK(any(get->effects & Effect::queries_orm));
  CHECK(get->async_twin == "django.db.models.QuerySet.aget");
  CHECK_FALSE(any(effects_of("django.db.models.QuerySet", "filter")));
  CHECK(find_class("django.db.models.QuerySet")->iterator == Sides::both);
  CHECK(any(effects_of("flask_sqlalchemy.session.Session", "commit") & Effect::needs_app_context));
  CHECK(find_bridge("django.db.transaction.on_commit")->to == Where::after_commit);
  CHECK(find_bridge("asgiref.sync.sync_to_async")->arguments == Handover::later);
  CHECK(find_bridge(std::string(canonical("fastapi.concurrency.run_in_threadpool")))->is_async);
  CHECK(find_method_decorator("fastapi.FastAPI", "get")->sync_runs_in == Where::worker_thread);
  CHECK(find_decorator("celery.shared_task")->context == Context::task_worker);
}

TEST_CASE("what can be both awaited and entered says so") {
  for (const std::string_view name :
       {"aiohttp.client._RequestContextManager", "asyncpg.pool.PoolAcquireContext",
        "sqlalchemy.ext.asyncio.AsyncConnection", "aiofiles.base.AiofilesContextManager"}) {
    INFO(name);
    const Class* entry = find_class(name);
    REQUIRE(entry != nullptr);
    CHECK(entry->manager == Sides::async);
    CHECK_FALSE(entry->awaits.empty());
  }
}

}  // namespace
}  // namespace surefoot::knowledge

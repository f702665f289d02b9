// Lookups in the embedded tables: names, aliases, wildcards, bases.
#include <string>

#include "analysis/knowledge/tables.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::knowledge {
namespace {

TEST_CASE("a callable is found by its exact canonical name") {
  const Callable* sleep = find_callable("time.sleep");
  REQUIRE(sleep != nullptr);
  CHECK(sleep->effects == Effect::blocks_sleep);
  CHECK(sleep->async_twin == "asyncio.sleep");
  CHECK_FALSE(sleep->is_async);
  CHECK(find_callable("time.slee") == nullptr);
  CHECK(find_callable("time.sleep.") == nullptr);
  CHECK(find_callable("time") == nullptr);
  CHECK(find_callable("") == nullptr);
}

TEST_CASE("effects, conditions and timeouts are told apart") {
  const Callable* get = find_callable("queue.Queue.get");
  REQUIRE(get != nullptr);
  CHECK(get->timeout.parameter == "timeout");
  CHECK(get->timeout.position == 1);
  CHECK(get->timeout_default == TimeoutDefault::waits_for_ever);
  REQUIRE(get->unless.size() == 2);
  CHECK(get->unless[0].argument.parameter == "block");
  CHECK(get->unless[0].argument.position == 0);
  CHECK(get->unless[0].value == "False");
  CHECK(any(find_callable("shutil.make_archive")->effects & Effect::blocks_cpu));
}

TEST_CASE("an argument that is missing is a condition with an empty value") {
  const Callable* smtp = find_callable("smtplib.SMTP");
  REQUIRE(smtp != nullptr);
  REQUIRE(smtp->unless.size() == 1);
  CHECK(smtp->unless[0].argument.parameter == "host");
  CHECK(smtp->unless[0].value.empty());
}

TEST_CASE("the constructor of a class returns the class") {
  CHECK(find_callable("smtplib.SMTP")->returns == "smtplib.SMTP");
  CHECK(find_callable("threading.Lock")->returns == "threading.Lock");
}

TEST_CASE("aliases cover what lies below them") {
  CHECK(canonical("asyncio.tasks.create_task") == "asyncio.create_task");
  CHECK(canonical("asyncio.queues.Queue.get") == "asyncio.Queue.get");
  CHECK(canonical("asyncio.timeouts.Timeout") == "asyncio.timeout");
  CHECK(canonical("concurrent.futures.thread.ThreadPoolExecutor.submit") ==
        "concurrent.futures.ThreadPoolExecutor.submit");
  CHECK(canonical("io.open") == "open");
  CHECK(canonical("builtins.open") == "open");
}

TEST_CASE("names that no alias covers stay as they are") {
  for (const std::string_view name : {"asyncio.create_task", "asyncio.tasksmith", "app.models.User", "open", "", ".",
                                      "a..b", "asyncio.tasks.unheard_of"}) {
    CHECK(canonical(name) == name);
  }
}

TEST_CASE("a replaced name does not depend on the argument's storage") {
  std::string_view canonical_name;
  {
    const std::string name = "asyncio.tasks.create_task";
    canonical_name = canonical(name);
  }
  CHECK(canonical_name == "asyncio.create_task");
}

TEST_CASE("methods are found through bases") {
  const Callable* direct = find_method("asyncio.AbstractEventLoop", "run_until_complete");
  REQUIRE(direct != nullptr);
  CHECK(find_method("asyncio.SelectorEventLoop", "run_until_complete") == direct);
  CHECK(find_method("pathlib.PosixPath", "read_text") == find_callable("pathlib.Path.read_text"));
  CHECK(find_method("pathlib.PurePath", "read_text") == nullptr);
  CHECK(find_method("app.Unknown", "read_text") == nullptr);
}

TEST_CASE("a class's own method hides that of its base") {
  CHECK(find_method("pathlib.Path", "joinpath")->returns == "pathlib.Path");
  CHECK(find_method("pathlib.PurePosixPath", "joinpath")->returns == "pathlib.PurePath");
}

TEST_CASE("methods are found through an alias of the class") {
  CHECK(find_method("multiprocessing.pool.Pool", "map") == find_callable("multiprocessing.Pool.map"));
}

TEST_CASE("a wildcard stands for the methods without an entry") {
  const Callable* any_method = find_method("xmlrpc.client.ServerProxy", "whatever");
  REQUIRE(any_method != nullptr);
  CHECK(any_method->name == "xmlrpc.client.ServerProxy.*");
  CHECK(find_callable("xmlrpc.client.ServerProxy.whatever") == nullptr);
}

TEST_CASE("bridges and spawners are found through bases") {
  const Bridge* bridge = find_method_bridge("asyncio.SelectorEventLoop", "run_in_executor");
  REQUIRE(bridge != nullptr);
  CHECK(bridge->to == Where::worker_thread);
  CHECK(bridge->callable.position == 1);
  CHECK(bridge->is_async);
  CHECK(find_method_spawner("asyncio.SelectorEventLoop", "create_task") != nullptr);
  CHECK(find_method_bridge("asyncio.Task", "add_done_callback")->to == Where::event_loop);
  CHECK(find_method_bridge("asyncio.Task", "cancel") == nullptr);
}

TEST_CASE("a process pool's own bridge hides that of Executor") {
  CHECK(find_method_bridge("concurrent.futures.ProcessPoolExecutor", "submit")->to == Where::process);
  CHECK(find_method_bridge("concurrent.futures.ThreadPoolExecutor", "submit")->to == Where::worker_thread);
}

TEST_CASE("attributes are found through bases") {
  CHECK(find_attribute("pathlib.PosixPath", "parent") == "pathlib.Path");
  CHECK(find_attribute("pathlib.PosixPath", "name") == "str");
  CHECK(find_attribute("pathlib.PosixPath", "nothing").empty());
  CHECK(find_attribute("app.Unknown", "name").empty());
}

TEST_CASE("subclasses are told by their bases") {
  CHECK(is_subclass("asyncio.Protocol", "asyncio.BaseProtocol"));
  CHECK(is_subclass("asyncio.protocols.Protocol", "asyncio.protocols.BaseProtocol"));
  CHECK(is_subclass("app.Own", "app.Own"));
  CHECK_FALSE(is_subclass("asyncio.BaseProtocol", "asyncio.Protocol"));
}

TEST_CASE("classes say how they are entered, iterated and left") {
  CHECK(find_class("asyncio.Lock")->manager == Sides::async);
  CHECK(find_class("threading.Lock")->manager == Sides::sync);
  CHECK(find_class("contextlib.nullcontext")->manager == Sides::both);
  CHECK(find_class("asyncio.StreamReader")->iterator == Sides::async);
  CHECK(find_class("concurrent.futures.ThreadPoolExecutor")->exiting == Effect::blocks_wait);
  CHECK(find_class("io.TextIOWrapper")->iterating == Effect::blocks_file);
  CHECK(find_class("tempfile.TemporaryDirectory")->enter == "str");
}

TEST_CASE("limiters, providers and modules are known") {
  CHECK(is_limiter("asyncio.Semaphore"));
  CHECK_FALSE(is_limiter("asyncio.Event"));
  CHECK(find_provider("asyncio.timeout")->what == Provided::timeout);
  CHECK(find_provider("threading.RLock")->what == Provided::thread_lock);
  CHECK(find_spawner("asyncio.create_task")->caller_owns);
  CHECK_FALSE(find_spawner("asyncio.TaskGroup.create_task")->caller_owns);
  CHECK(knows_module("asyncio"));
  CHECK_FALSE(knows_module("asyncio.tasks"));
  CHECK_FALSE(knows_module("unheard_of"));
}

}  // namespace
}  // namespace surefoot::knowledge

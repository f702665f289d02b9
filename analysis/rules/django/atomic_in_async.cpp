#include <fmt/format.h>

#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);

}  // namespace

extern const Rule atomic_in_async;
const Rule atomic_in_async{
    .code = "DJG120",
    .name = "atomic-in-async",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::with_item, Kind::function_definition},
    .check = check,
};

namespace {

void check_function(Node function, Context& context) {
  if (!function.is_async()) return;
  const Node decorator = atomic_decorator_of(function, context);
  if (!decorator) return;
  context.report(atomic_in_async, decorator,
                 fmt::format("`{}` on a coroutine: Django has no transactions in async code, and this one would end "
                             "before `{}` starts. Put the work in a plain function under `sync_to_async`",
                             decorator.text(), function.child(Field::name).text()));
}

void check(Node node, Context& context) {
  if (node.is(Kind::function_definition)) return check_function(node, context);
  const Node manager = manager_of(node);
  if (!context.in_coroutine(node) || !is_atomic(manager, context)) return;
  context.report(atomic_in_async, manager,
                 fmt::format("`{}` in a coroutine raises `SynchronousOnlyOperation`: Django has no transactions in "
                             "async code. Put the block in a plain function under `sync_to_async`",
                             manager.text()));
}

}  // namespace
}  // namespace surefoot::rules

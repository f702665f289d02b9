#pragma once
// What is made when a module is imported and must not be shared by workers that are forked afterwards.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// What the call does that a forked worker must not share with its parent ("opens a connection"); empty for nothing.
std::string_view shared_by_fork(Node call, Context& context);

/// For Rule::confirm, of a report about code that runs at import: true when others have a reason to import the file.
bool is_imported_by_workers(const Report& report, Context& context);

/// True for a module that has a Celery task: the workers of the prefork pool import it before they are forked.
bool is_task_module(Context& context);

}  // namespace surefoot::rules

#pragma once
// What a module keeps and changes while the program serves: each worker process has its own.

#include <optional>

#include "analysis/rules/module_state.hpp"
#include "analysis/rules/served_functions.hpp"

namespace surefoot::rules {

/// True for names of what is meant to be of one process: caches, metrics, loggers, locks.
bool is_named_for_process(std::string_view name);

/// True for a class of whose objects each process needs its own: tasks, threads, locks, connections, clients, pools.
bool is_of_one_process(std::string_view class_name, Context& context);

/// True when the value is an object of such a class.
bool holds_process_value(Node value, Context& context);

/// The change that the node makes to what the module keeps (state_write_at), where that is not something that each
/// process may well have of its own: named so, memoized, or set when somebody asks for it first.
std::optional<StateWrite> process_state_write(Node node, Context& context);

/// True when some code of the file sets the name lazily, or puts something into it that belongs to the process. Reads
/// other units: for Rule::confirm.
bool is_kept_by_process(const StateWrite& write, Context& context);

/// A function that serves.
struct Server {
  std::size_t unit = 0;
  Node function;
  Served by = Served::no;
};

/// The function that runs `function`, at any depth, and is served by one of which `wanted` is true. Reads other units:
/// for Rule::confirm.
std::optional<Server> server_of(Node function, bool (*wanted)(Served by), Context& context);

/// Where the report's code is run from, for Rule::explain.
std::vector<Explanation> explain_server(const Report& report, bool (*wanted)(Served by), Context& context);

}  // namespace surefoot::rules

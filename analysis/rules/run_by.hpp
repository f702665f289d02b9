#pragma once
// Functions that run on their own: started as a thread, a process or a task, or called by a worker for each job or
// message. Nobody is there to see what they raise.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class RunBy : std::uint8_t {
  caller,  // by whoever calls it, as far as is known
  thread,  // the target of a thread, or the `run` of a Thread class
  process,
  task,      // a coroutine that is started as a task
  consumer,  // a task queue, a message consumer
};

/// By its decorators and class alone.
RunBy run_by_declaration(Node function_definition, Context& context);

/// Also by the code of the file that hands it over. Reads other units: for Rule::confirm.
RunBy run_by(Node function_definition, Context& context);

/// "thread", "task", …, for a message.
std::string_view describe(RunBy by);

}  // namespace surefoot::rules

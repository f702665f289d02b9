#pragma once
// Functions that a serverless platform invokes: AWS Lambda, Azure Functions, Google Cloud Functions.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Platform : std::uint8_t { none, aws, azure, google };

/// The platform that invokes a function, by its name and parameters (`lambda_handler`, `handler(event, context)`), the
/// types of its parameters, and its decorators. `function` is a function_definition of the context's unit.
Platform invoked_by(Node function, Context& context);
/// The same for a function of any unit of the file.
Platform invoked_by(const semantics::UnitModel& unit, const semantics::Function& function, Context& context);

/// True when the file has such a function, or wraps an application for a platform (`handler = Mangum(app)`). Reads
/// other units: for Rule::confirm.
bool has_serverless_handler(Context& context);

/// True when a serverless handler of the file is the function, or calls it, itself or through other functions of the
/// file. Reads other units: for Rule::confirm.
bool runs_per_invocation(Node function, Context& context);

/// True when the file has something to do with a serverless runtime, by its handlers' names and its imports.
bool is_serverless(Context& context);

}  // namespace surefoot::rules

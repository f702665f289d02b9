#pragma once
// Where code gives values to Flask's settings: on the application, in its `config`, in a configuration class or module.
// Source: Flask documentation, "Configuration Handling".

#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct FlaskSetting {
  std::string name;  // "DEBUG", also for `app.debug`
  Node value;
  Node whole;  // the assignment, keyword argument or pair
};

/// The settings that an assignment or a call gives values to. Empty for code that is made for development or tests, by
/// its names, and for settings of other frameworks.
std::vector<FlaskSetting> flask_settings(Node node, Context& context);
/// False when no call of it gives any (Rule::concerns).
bool may_set_flask(const Callee& callee);

/// True for a Flask application; where its type is not known, by its name in a file that uses no other framework.
bool is_flask_app(Node expression, Context& context);

bool imports_flask(Context& context);

/// True when a condition around the node, in its function, asks for the environment, a mode or an option: what stands
/// there is not for every deployment.
bool depends_on_environment(Node node);
/// True when a condition around the node speaks of this ("secret"), in any case.
bool is_under_condition_on(Node node, std::string_view word);

/// True when the node stands in a configuration class that sets `TESTING`. Reads other units: ask in `confirm`.
bool is_in_testing_class(Node node, Context& context);

}  // namespace surefoot::rules

#pragma once
// Secrets as settings get them: written in the source, or read from outside with or without something to fall back to.

#include <string>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// A string or bytes literal with something in it; `"…".encode()` too.
bool is_text_literal(Node value);

/// True for a call that reads a variable of the environment: `os.getenv`, `os.environ.get`.
bool reads_environment(Node call);

/// The literal that a look-up falls back to: `os.environ.get("X", "dev")`, `config("X", default="dev")`; null when
/// there is none.
Node literal_default(Node call);

/// True for a value that is looked up, with a literal to fall back to: by a default, or by `or`.
bool falls_back(Node value);

/// True in an `except` clause, of the same function.
bool in_handler(Node node);

/// Has the value of setting `name` read from the environment. `is_fallback`: it falls back to a literal, which goes.
Fixes read_secret(Node value, std::string name, bool is_fallback, Context& context);

}  // namespace surefoot::rules
